import { addSeconds, earliest, type Instant, latest } from "../instant.ts";

/** Width of a window in seconds: at the start of a stream, at least, and at most without a setting. */
export const FIRST_WIDTH_SECONDS = 3600;
export const SMALLEST_WIDTH_SECONDS = 60;
export const LARGEST_WIDTH_SECONDS = 86_400;
/** A window that took no more pages than this could have been twice as wide. */
const FEW_PAGES = 2;

/** What the next window follows from. */
export interface Position {
  /** Everything before it was read; `null` before the first whole window. */
  readonly readTo: Instant | null;
  /** Nothing before it is wanted. */
  readonly start: Instant;
  readonly now: Instant;
  /** Seconds read again before the position. */
  readonly overlapSeconds: number;
  readonly widthSeconds: number;
  /** Graph answers 400, or nothing, for what is older than this. */
  readonly oldest: Instant;
}

export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The next window: from the position, less the overlap, for the given width, not beyond now. Its width counts from
 * the position, so that the overlap never eats the progress.
 */
export function nextWindow(position: Position): Window {
  const floor = latest(position.start, position.oldest);
  const reached = latest(position.readTo ?? floor, floor);
  const from = position.readTo === null
    ? floor
    : latest(addSeconds(reached, -position.overlapSeconds), floor);
  const to = earliest(addSeconds(reached, position.widthSeconds), position.now);
  // A start or a position after now (the host's clock was set back) gives an empty window, never a reversed one.
  return { from: earliest(from, position.now), to };
}

/** The width after a window that was read to its end in so many pages. */
export function grownWidth(widthSeconds: number, pages: number, largestSeconds: number): number {
  return Math.min(pages <= FEW_PAGES ? widthSeconds * 2 : widthSeconds, largestSeconds);
}

/** The width after a window that Graph could not serve, or `null` when it was the smallest already. */
export function shrunkWidth(widthSeconds: number): number | null {
  if (widthSeconds <= SMALLEST_WIDTH_SECONDS) return null;
  return Math.max(Math.floor(widthSeconds / 2), SMALLEST_WIDTH_SECONDS);
}
