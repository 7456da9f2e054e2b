import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
} from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import type { Checkpoint, TimeRange } from "../state/checkpoint.ts";
import { recordGap } from "./gaps.ts";
import type { Pass } from "./pass.ts";
import { instantOf, knownSince, withReadTo } from "./position.ts";
import { readRange } from "./readRange.ts";
import { creditAfter, openMarks } from "./sweeps.ts";
import { sweepSchedule } from "./sweepSchedule.ts";
import { planEdge } from "./window.ts";

/** What is older than this is not today's and waits behind it. */
const LIVE_SECONDS = 3600;
/** Seconds that every poll reads again: most late records come within them (Microsoft once said 95 % in 2 min). */
const DEFAULT_OVERLAP_SECONDS = 120;

/** Reads from the position to now, leaving what is too old for that to the backfill. */
export async function readLive(pass: Pass, cursor: TimedCursor): Promise<void> {
  const before = pass.requests;
  try {
    // Where the host's clock is hours ahead, the edge lay in Graph's future: Graph has said by now where it is.
    if (!await readFromEdge(pass, cursor)) await readFromEdge(pass, cursor);
  } finally {
    const sweep_credit = creditAfter(pass.checkpoint.sweep_credit, pass.requests - before, 0);
    pass.checkpoint = { ...pass.checkpoint, sweep_credit };
  }
}

/** Reads up to `pass.now`, and sets that back where Graph's clock is behind; false when the edge was not reached. */
async function readFromEdge(pass: Pass, cursor: TimedCursor): Promise<boolean> {
  const now = addSeconds(pass.now, -(cursor.settleSeconds ?? 0));
  const oldest = oldestKept(pass.startedMs, cursor);
  const start = startOf(pass, now);
  const { liveFrom, backfill } = openEdge(pass, start, now, oldest);
  const overlapped = addSeconds(liveFrom, -(cursor.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS));
  let crossed = backfill === null;
  const reached = await readRange(pass, {
    from: earliest(latest(latest(overlapped, start), oldest), now),
    to: now,
    priority: "live",
    onRead(to) {
      if (!crossed && compareInstants(to, liveFrom) >= 0) {
        pass.checkpoint = withBackfill(pass.checkpoint, backfill!);
        crossed = true;
      }
      // Until then the position is what the backfill is to begin with.
      if (crossed) pass.checkpoint = withReadTo(withOpenMarks(pass, start, to), to);
    },
    onGap: (window, error) => recordGap(pass, window, error),
    mayGoOn: () => true,
  });
  if (compareInstants(reached, now) < 0) pass.now = reached;
  return crossed;
}

/** Nothing older is asked for: Graph has dropped it. */
export function oldestKept(nowMs: number, cursor: TimedCursor): Instant {
  return addSeconds(fromMillis(nowMs), 60 - cursor.retentionDays * 86_400);
}

function startOf({ checkpoint }: Pass, now: Instant): Instant {
  return instantOf(checkpoint.began_at) ?? now;
}

/** Where today begins, and the older range that is left for later, if any. */
function openEdge(pass: Pass, start: Instant, now: Instant, oldest: Instant) {
  const { checkpoint } = pass;
  const readTo = instantOf(checkpoint.read_to);
  const { liveFrom, backfill, clamped } = planEdge({ readTo, start, now, oldest, liveSeconds: LIVE_SECONDS });
  if (clamped) {
    pass.stream.log.warn("the start lies before what Graph keeps: reading begins with the oldest it has", {
      start: checkpoint.began_at,
      oldest: formatInstant(oldest),
    });
  }
  if (backfill === null) return { liveFrom, backfill };
  // After a long stop the sweeps are behind too; the backfill reads from where the deepest had come, and so for them.
  const swept = instantOf(checkpoint.sweeps.at(-1)?.read_to ?? null) ?? backfill.from;
  const from = latest(earliest(backfill.from, swept), oldest);
  return { liveFrom, backfill: { from: formatInstant(from), to: formatInstant(liveFrom) } };
}

/** Leaves a range to the backfill, and the sweeps, which it is done for as well, to begin anew. */
function withBackfill(checkpoint: Checkpoint, range: TimeRange): Checkpoint {
  return { ...checkpoint, backfill: [...checkpoint.backfill, range], sweeps: [] };
}

/** Marks for steps that have none: opened with what was read, since a kill may come before the rest is. */
function withOpenMarks({ checkpoint, startedMs, stream }: Pass, start: Instant, readTo: Instant): Checkpoint {
  // A step that is new to the schedule must not meet records whose keys are forgotten.
  const oldest = latest(start, knownSince(checkpoint, startedMs));
  const marks = checkpoint.sweeps.map(({ read_to, idle }) => ({ readTo: instantOf(read_to) ?? start, idle }));
  const opened = openMarks(sweepSchedule(stream, marks.length), marks, oldest, readTo);
  const sweeps = opened.map(({ readTo, idle }) => ({ read_to: formatInstant(readTo), idle }));
  return { ...checkpoint, sweeps };
}
