import { formatInstant, type Instant, secondsBetween } from "../instant.ts";
import type { TimeRange } from "../state/checkpoint.ts";
import { recordGap } from "./gaps.ts";
import type { Pass } from "./pass.ts";
import { instantOf } from "./position.ts";
import { readRange } from "./readRange.ts";

/** Reads older ranges, the oldest first since Graph drops it first, window by window while it may. */
export async function backfill(pass: Pass, mayGoOn: () => boolean): Promise<void> {
  const startedMs = pass.engine.clock.now();
  const leftBefore = secondsLeft(pass.checkpoint.backfill);
  if (leftBefore === 0) return;
  while (mayGoOn() && pass.checkpoint.backfill.length > 0) {
    const range = pass.checkpoint.backfill[0]!;
    const reached = await readRange(pass, {
      from: timeOf(range.from),
      to: timeOf(range.to),
      priority: "backfill",
      onRead: (to) => pass.checkpoint = { ...pass.checkpoint, backfill: after(pass.checkpoint.backfill, to) },
      onGap: (window, error) => recordGap(pass, window, error),
      mayGoOn,
    });
    // The rest lies in Graph's future: asked for again and again, it would come no sooner.
    if (secondsBetween(reached, timeOf(range.to)) > 0) break;
  }
  const left = secondsLeft(pass.checkpoint.backfill);
  const pace = (leftBefore - left) / Math.max(1, pass.engine.clock.now() - startedMs);
  pass.stream.log.info(left === 0 ? "backfill done" : "backfill goes on", {
    hours_left: Math.round(left / 360) / 10,
    minutes_needed: left === 0 || pace === 0 ? undefined : Math.ceil(left / pace / 60_000),
  });
}

/** Seconds of time that are still to be read. */
function secondsLeft(ranges: readonly TimeRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, secondsBetween(timeOf(from), timeOf(to))), 0);
}

/** The ranges after their first was read as far as `to`. */
function after([first, ...others]: readonly TimeRange[], to: Instant): TimeRange[] {
  if (first === undefined) return [];
  const done = secondsBetween(to, timeOf(first.to)) <= 0;
  return done ? others : [{ ...first, from: formatInstant(to) }, ...others];
}

/** An instant that was checked when the checkpoint was read. */
function timeOf(text: string): Instant {
  return instantOf(text) ?? { seconds: 0, nanos: 0 };
}
