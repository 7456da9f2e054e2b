import { fromMillis, type Instant } from "../instant.ts";
import type { Position } from "../state/position.ts";

/**
 * Keys outlive the oldest time that is still to be read by this much, so that every re-read knows what was delivered. A
 * gap may be months old: the keys of what it gave are renewed each time it is tried.
 */
export const KEEP_KEYS_SECONDS = 3 * 86_400;

/** Keys added before this moment (epoch milliseconds) cannot be met again. */
export function keysNeededSince({ watermark, rereads, backfill }: Position, nowMs: number): number {
  const times = [...rereads.map(({ readTo }) => readTo), ...backfill.map(({ from }) => from)];
  const oldest = times.reduce(
    (least, { seconds }) => Math.min(least, seconds),
    Math.min(watermark?.seconds ?? Infinity, nowMs / 1000),
  );
  return (oldest - KEEP_KEYS_SECONDS) * 1000;
}

/**
 * Whatever was delivered has its key in the seen set if its time is this or later. A record's key is never older than
 * its time, but for a clock that was wrong by minutes.
 */
export function knownSince(position: Position, nowMs: number): Instant {
  return fromMillis(keysNeededSince(position, nowMs) + 3_600_000);
}
