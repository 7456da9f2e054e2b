import { addSeconds, earliest, type Instant, latest } from "../instant.ts";

/** Width of a window in seconds: at the start of a stream, at least, and at most without a setting. */
export const FIRST_WIDTH_SECONDS = 3600;
export const SMALLEST_WIDTH_SECONDS = 30;
export const LARGEST_WIDTH_SECONDS = 86_400;
/** A window that took no more pages than this could have been twice as wide. */
const FEW_PAGES = 2;
/** One that took more asks for page links to expire under way. */
const MANY_PAGES = 20;

/** A range of time to read, both ends included by Graph's operators. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** What the ranges of a poll follow from. */
export interface Edge {
  /** Everything before it was read; `null` when nothing was. */
  readonly readTo: Instant | null;
  /** Nothing before it is wanted. */
  readonly start: Instant;
  readonly now: Instant;
  /** Graph answers 400, or nothing, for what is older than this. */
  readonly oldest: Instant;
  /** How far behind `now` records count as today's; what is older waits behind them. */
  readonly liveSeconds: number;
}

/** Where a poll's live reading begins, and what older range is left for later, if any. */
export interface EdgePlan {
  readonly liveFrom: Instant;
  readonly backfill: Window | null;
  /** The start lies before what Graph keeps. */
  readonly clamped: boolean;
}

/**
 * Splits what is unread into today's part and the rest: after a long first start, or a long stop, today's records
 * must flow from the first minute.
 */
export function planEdge({ readTo, start, now, oldest, liveSeconds }: Edge): EdgePlan {
  const wanted = latest(readTo ?? start, start);
  // A start or a position after now (the host's clock was set back) gives an empty range, never a reversed one.
  const from = earliest(latest(wanted, oldest), now);
  const liveFrom = latest(from, addSeconds(now, -liveSeconds));
  const clamped = from !== wanted && readTo === null && wanted.seconds < oldest.seconds;
  return { liveFrom, backfill: liveFrom === from ? null : { from, to: liveFrom }, clamped };
}

/** The width after a window that was read to its end in so many pages. */
export function fittedWidth(widthSeconds: number, pages: number, largestSeconds: number): number {
  const fitting = pages <= FEW_PAGES
    ? widthSeconds * 2
    : pages > MANY_PAGES
    ? widthSeconds / 2
    : widthSeconds;
  return Math.min(Math.max(Math.floor(fitting), SMALLEST_WIDTH_SECONDS), largestSeconds);
}

/** The width after a window that Graph could not serve, or `null` when it was the smallest already. */
export function shrunkWidth(widthSeconds: number): number | null {
  if (widthSeconds <= SMALLEST_WIDTH_SECONDS) return null;
  return Math.max(Math.floor(widthSeconds / 2), SMALLEST_WIDTH_SECONDS);
}
