import { earliest, type Instant, isSameWindow, latest, secondsBetween, type Window } from "../instant.ts";
import { byTime } from "./gap.ts";

/** A range whose records cannot be had any more: Graph dropped them before they were read. */
export interface Lost extends Window {
  /** Code of the failure that kept it from being read; {@linkcode OUT_OF_TIME} where nothing but time did. */
  readonly reason: string;
  /** Milliseconds since the epoch when it was given up. */
  readonly sinceMs: number;
}

/** The reason of what was not read in time: after a long stop, or by a backfill that is slower than time. */
export const OUT_OF_TIME = "retention";
/** What was given up is kept in mind for so long, in milliseconds: 30 days. */
export const KEEP_LOST_MS = 30 * 86_400_000;
/** More ranges of a stream than these are not told apart. */
export const MOST_LOST = 100;

/** The ranges with one more, in order of time; what it touches of the same reason becomes one with it. */
export function withLost(ranges: readonly Lost[], lost: Lost): Lost[] {
  const touches = (other: Lost) =>
    other.reason === lost.reason && other.to.seconds >= lost.from.seconds &&
    lost.to.seconds >= other.from.seconds;
  const one = ranges.filter(touches).reduce(together, lost);
  const all = [...ranges.filter((other) => !touches(other)), one].sort(byTime);
  return all.length > MOST_LOST ? withNearestTogether(all) : all;
}

/** The ranges that are still to be kept in mind. */
export function keptInMind(ranges: readonly Lost[], nowMs: number): Lost[] {
  return ranges.filter(({ sinceMs }) => nowMs - sinceMs < KEEP_LOST_MS);
}

/** Whether both tell of the same. */
export function isSameLost(one: Lost, other: Lost): boolean {
  return isSameWindow(one, other) && one.reason === other.reason && one.sinceMs === other.sinceMs;
}

function together(one: Lost, other: Lost): Lost {
  return {
    ...one,
    from: earliest(one.from, other.from),
    to: latest(one.to, other.to),
    sinceMs: Math.max(one.sinceMs, other.sinceMs),
  };
}

/** The two neighbours that the least time lies between become one, which says least of what was not lost. */
function withNearestTogether(ranges: readonly Lost[]): Lost[] {
  const between = ranges.slice(1).map(({ from }, index) => apart(ranges[index]!.to, from));
  const nearest = between.indexOf(Math.min(...between));
  const one = together(ranges[nearest]!, ranges[nearest + 1]!);
  return [...ranges.slice(0, nearest), one, ...ranges.slice(nearest + 2)];
}

function apart(to: Instant, from: Instant): number {
  return Math.max(0, secondsBetween(to, from));
}
