/** Width of a window in seconds: at the start of a stream, at least, and at most without a setting. */
export const FIRST_WIDTH_SECONDS = 3600;
export const SMALLEST_WIDTH_SECONDS = 30;
export const LARGEST_WIDTH_SECONDS = 86_400;
/** A window that took no more pages than this could have been twice as wide. */
const FEW_PAGES = 2;
/** One that took more asks for page links to expire under way. */
const MANY_PAGES = 20;

/** How many pages the answer to a query stands for, by how full it is: a full one for as many as make windows narrower. */
export function pagesWorth(records: number, most: number): number {
  return Math.max(1, Math.ceil(MANY_PAGES * records / most));
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
