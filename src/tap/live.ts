import { addSeconds, earliest, formatInstant, fromMillis, type Instant, latest } from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import { recordGap } from "./gaps.ts";
import type { Pass } from "./pass.ts";
import { instantOf, withReadTo } from "./position.ts";
import { readRange } from "./readRange.ts";
import { creditAfter, openMarks } from "./sweeps.ts";
import { sweepSchedule } from "./sweeping.ts";
import { planEdge } from "./window.ts";

/** What is older than this is not today's and waits behind it. */
const LIVE_SECONDS = 3600;
/** Seconds that every poll reads again: most late records come within them (Microsoft once said 95 % in 2 min). */
const DEFAULT_OVERLAP_SECONDS = 120;

/** Reads from the position to now, first leaving what is too old for that to the backfill. */
export async function readLive(pass: Pass, cursor: TimedCursor): Promise<void> {
  const now = addSeconds(fromMillis(pass.startedMs), -(cursor.settleSeconds ?? 0));
  const oldest = oldestKept(pass.startedMs, cursor);
  const from = openEdge(pass, now, oldest);
  const overlapped = addSeconds(from, -(cursor.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS));
  const before = pass.requests;
  try {
    await readRange(pass, {
      from: earliest(latest(latest(overlapped, startOf(pass, now)), oldest), now),
      to: now,
      priority: "live",
      onRead: (to) => pass.checkpoint = withReadTo(pass.checkpoint, to),
      onGap: (window, error) => recordGap(pass, window, error),
      mayGoOn: () => true,
    });
  } finally {
    const sweep_credit = creditAfter(pass.checkpoint.sweep_credit, pass.requests - before, 0);
    pass.checkpoint = { ...pass.checkpoint, sweep_credit };
  }
}

/** Nothing older is asked for: Graph has dropped it. */
export function oldestKept(nowMs: number, cursor: TimedCursor): Instant {
  return addSeconds(fromMillis(nowMs), 60 - cursor.retentionDays * 86_400);
}

function startOf({ checkpoint }: Pass, now: Instant): Instant {
  return instantOf(checkpoint.began_at) ?? now;
}

/** Moves the position up to where today begins, leaving the rest as a range to backfill; says where that is. */
function openEdge(pass: Pass, now: Instant, oldest: Instant): Instant {
  const { checkpoint } = pass;
  const start = startOf(pass, now);
  const schedule = sweepSchedule(pass.stream);
  const marks = checkpoint.sweeps.map(({ read_to, idle }) => ({ readTo: instantOf(read_to) ?? start, idle }));
  const readTo = instantOf(checkpoint.read_to);
  const { liveFrom, backfill, clamped } = planEdge({ readTo, start, now, oldest, liveSeconds: LIVE_SECONDS });
  if (clamped) {
    pass.stream.log.warn("the start lies before what Graph keeps: reading begins with the oldest it has", {
      start: checkpoint.began_at,
      oldest: formatInstant(oldest),
    });
  }
  // After a long stop the sweeps are behind too; the backfill reads from where the deepest had come, and so for them.
  const from = backfill === null ? null : earliest(backfill.from, marks.at(-1)?.readTo ?? backfill.from);
  const opened = openMarks(schedule, backfill === null ? marks : [], start, now);
  pass.checkpoint = {
    ...checkpoint,
    sweeps: opened.map(({ readTo, idle }) => ({ read_to: formatInstant(readTo), idle })),
    backfill: from === null ? checkpoint.backfill : [
      ...checkpoint.backfill,
      { from: formatInstant(latest(from, oldest)), to: formatInstant(liveFrom) },
    ],
  };
  if (backfill !== null) pass.checkpoint = withReadTo(pass.checkpoint, liveFrom);
  return liveFrom;
}
