import { formatInstant, type Instant, secondsBetween } from "../instant.ts";
import type { TimeRange } from "../state/checkpoint.ts";
import { recordGap } from "./gaps.ts";
import type { Pass } from "./pass.ts";
import { instantOf } from "./position.ts";
import { readRange } from "./readRange.ts";

/** A backfill of hours says so often how far it is. */
const SAY_EVERY_MS = 300_000;

/** Reads older ranges, the oldest first since Graph drops it first, window by window while it may. */
export async function backfill(pass: Pass, mayGoOn: () => boolean): Promise<void> {
  const { clock } = pass.engine;
  const leftBefore = secondsLeft(pass.checkpoint.backfill);
  if (leftBefore === 0) return;
  let saidMs = clock.now();
  while (mayGoOn() && pass.checkpoint.backfill.length > 0) {
    const range = pass.checkpoint.backfill[0]!;
    await readRange(pass, {
      from: timeOf(range.from),
      to: timeOf(range.to),
      priority: "backfill",
      onRead(to) {
        const backfill = after(pass.checkpoint.backfill, to);
        pass.checkpoint = {
          ...pass.checkpoint,
          backfill,
          backfill_ends_ms: endOf(pass, leftBefore, backfill),
        };
        if (clock.now() - saidMs < SAY_EVERY_MS) return;
        saidMs = clock.now();
        say(pass);
      },
      onGap: (window, error) => recordGap(pass, window, error),
      mayGoOn,
    });
  }
  say(pass);
}

/** When the rest will have been read at the pace of this poll, its live reading included: that goes first again. */
function endOf({ engine, startedMs }: Pass, leftBefore: number, rest: readonly TimeRange[]): number | null {
  const left = secondsLeft(rest);
  const now = engine.clock.now();
  const pace = (leftBefore - left) / Math.max(1, now - startedMs);
  return left === 0 || pace <= 0 ? null : Math.ceil(now + left / pace);
}

function say({ checkpoint: { backfill, backfill_ends_ms }, engine, stream: { log } }: Pass): void {
  const left = secondsLeft(backfill);
  const ms = backfill_ends_ms === null ? 0 : backfill_ends_ms - engine.clock.now();
  log.info(left === 0 ? "backfill done" : "backfill goes on", {
    hours_left: Math.round(left / 360) / 10,
    minutes_needed: ms > 0 ? Math.ceil(ms / 60_000) : undefined,
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
