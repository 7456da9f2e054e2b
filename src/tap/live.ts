import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  type Instant,
  latest,
  secondsBetween,
} from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import type { Checkpoint, TimeRange } from "../state/checkpoint.ts";
import { recordGap } from "./gaps.ts";
import { freeOverlap, LEAST_OVERLAP_SECONDS, marksAfterLive } from "./late/overlap.ts";
import type { Pass } from "./pass.ts";
import { instantOf, knownSince, withReadTo } from "./position.ts";
import { readRange } from "./readRange.ts";
import { creditAfter, openMarks } from "./late/rereads.ts";
import { marksIn, sweepSchedule, withMarks } from "./late/schedule.ts";
import { planEdge } from "./window.ts";

/** What is older than this is not today's and waits behind it. */
const LIVE_SECONDS = 3600;

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
  const oldest = oldestKept(pass.now, cursor);
  const start = startOf(pass, now);
  const { liveFrom, backfill } = openEdge(pass, start, now, oldest);
  const least = cursor.overlapSeconds ?? LEAST_OVERLAP_SECONDS;
  const overlap = Math.max(pass.checkpoint.overlap_seconds ?? least, least);
  const from = earliest(latest(latest(addSeconds(liveFrom, -overlap), start), oldest), now);
  const before = { records: pass.intake.received, pages: pass.pages, gaps: pass.gaps };
  let crossed = backfill === null;
  const reached = await readRange(pass, {
    from,
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
  if (crossed && pass.gaps === before.gaps) {
    const found = { records: pass.intake.received - before.records, pages: pass.pages - before.pages };
    const width = { seconds: secondsBetween(from, reached), newSeconds: secondsBetween(liveFrom, reached) };
    const overlap_seconds = freeOverlap(
      { ...found, ...width, pageSize: pass.stream.plugin.page.size },
      least,
    );
    pass.checkpoint = { ...withLiveMarks(pass, from, reached), overlap_seconds };
  }
  return crossed;
}

/**
 * Nothing older is asked for: Graph has dropped it.
 *
 * @param now by Graph's clock, as far as it is known: a host's that is weeks ahead would give up what Graph still has
 */
export function oldestKept(now: Instant, cursor: TimedCursor): Instant {
  return addSeconds(now, 60 - cursor.retentionDays * 86_400);
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

/** What was read again now need not be read again by the steps that it is old enough for. */
function withLiveMarks({ checkpoint, stream }: Pass, from: Instant, to: Instant): Checkpoint {
  const marks = marksIn(checkpoint.sweeps, to);
  const moved = marksAfterLive(sweepSchedule(stream, marks.length), marks, from, to);
  return withMarks(checkpoint, moved);
}

/** Marks for steps that have none: opened with what was read, since a kill may come before the rest is. */
function withOpenMarks({ checkpoint, startedMs, stream }: Pass, start: Instant, readTo: Instant): Checkpoint {
  // A step that is new to the schedule must not meet records whose keys are forgotten.
  const oldest = latest(start, knownSince(checkpoint, startedMs));
  const marks = marksIn(checkpoint.sweeps, start);
  return withMarks(checkpoint, openMarks(sweepSchedule(stream, marks.length), marks, oldest, readTo));
}
