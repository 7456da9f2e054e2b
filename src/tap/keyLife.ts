/** Which keys a stream still needs. Why just these: `state/seen/forget.ts`. */
import {
  addSeconds,
  earliest,
  fromMillis,
  type Instant,
  latest,
  secondsBetween,
  type Window,
} from "../instant.ts";
import type { Cursor } from "../plugin/plugin.ts";
import type { Gap } from "../state/gap.ts";
import type { Position } from "../state/position.ts";
import type { KeysNeeded } from "../state/seen/forget.ts";
import type { Stream } from "./stream.ts";

/** Keys outlive the oldest time that is still to be read by this much, so that every re-read knows what was delivered. */
export const KEEP_KEYS_SECONDS = 3 * 86_400;
/** For bounds that windows share, and for clocks. */
const MARGIN_SECONDS = 3600;
/** Keys of a wider window are not backdated. One that is not served becomes gaps of its parts. */
const WIDEST_BACKDATED_SECONDS = 43_200;

/** The oldest time that is still to be read again, open gaps aside. */
function reachOf({ watermark, rereads, backfill }: Position, now: Instant): Instant {
  const times = [...rereads.map(({ readTo }) => readTo), ...backfill.map(({ from }) => from)];
  return times.reduce(earliest, watermark === null ? now : earliest(watermark, now));
}

/**
 * Keys that can be met again.
 *
 * @param overlapSeconds how far live windows of the service look back at least
 */
export function keysNeeded(
  position: Position,
  gaps: readonly Gap[],
  nowMs: number,
  overlapSeconds = 0,
): KeysNeeded {
  const reachMs = reachOf(position, fromMillis(nowMs)).seconds * 1000;
  return {
    addedSinceMs: reachMs - KEEP_KEYS_SECONDS * 1000,
    readBackSinceMs: reachMs - (MARGIN_SECONDS + overlapSeconds) * 1000,
    ranges: gaps.flatMap(rangesOf),
  };
}

/** Of a gap that holds a part of what was delivered: that was read in a wider window, and not long before it was a gap. */
function rangesOf({ from, to, sinceMs }: Gap): KeysNeeded["ranges"] {
  const wideMs = WIDEST_BACKDATED_SECONDS * 1000;
  return [
    { fromMs: from.seconds * 1000, toMs: to.seconds * 1000 + wideMs },
    { fromMs: sinceMs - wideMs, toMs: sinceMs },
  ];
}

/**
 * Whatever was delivered has its key in the seen set if its time is this or later. A record's key is never older than
 * its time, but for a clock that was wrong by minutes; what a backfill read may be forgotten once nothing reaches back
 * to it.
 */
export function knownSince(position: Position, nowMs: number): Instant {
  const added = addSeconds(reachOf(position, fromMillis(nowMs)), 3600 - KEEP_KEYS_SECONDS);
  return latest(added, forgottenBefore(position, nowMs) ?? added);
}

/** Before this a backfill has read everything but open gaps, and its keys may be forgotten; `null` without one. */
export function forgottenBefore(position: Position, nowMs: number): Instant | null {
  const { backfilledTo } = position;
  return backfilledTo && earliest(backfilledTo, reachOf(position, fromMillis(nowMs)));
}

/**
 * What the keys of a backfill's window are backdated to, in milliseconds since the epoch; `null` when they are not.
 *
 * @param outside records that were met outside of the window
 */
export function backdatedTo(
  { plugin, service }: Stream,
  { from, to }: Window<Instant | null>,
  outside: number,
): number | null {
  if (from === null || to === null || outside > 0) return null;
  if (!keepsTime(plugin.cursor, service.trackUpdates)) return null;
  return secondsBetween(from, to) > WIDEST_BACKDATED_SECONDS ? null : to.seconds * 1000;
}

/** Whether a record with the same key has the same time for ever. */
function keepsTime({ kind }: Cursor, trackUpdates: boolean): boolean {
  return trackUpdates || kind === "event-time" || kind === "job";
}
