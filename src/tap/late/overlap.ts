import { addSeconds, compareInstants, type Instant } from "../../instant.ts";
import type { Reread } from "../../state/position.ts";

/**
 * How far a live window reaches back over what was read before.
 *
 * A page brings up to a thousand records for the price of one, and most live windows fill a part of it: what is free
 * there is taken to look again at the last minutes.
 */

/** Most late records come within these (Microsoft once said 95 % in 2 min). */
export const LEAST_OVERLAP_SECONDS = 120;
/** What is looked at again is also sent again by Graph, and inflated here. */
const MOST_OVERLAP_SECONDS = 900;
/** A share of each page is left free, for busier minutes. */
const FILLED = 0.9;

/** What a live read of some width found. */
export interface LiveRead {
  readonly records: number;
  readonly pages: number;
  /** How much time it covered, overlap included. */
  readonly seconds: number;
  /** How much of that was new. */
  readonly newSeconds: number;
  /** Records on a full page, as asked for. */
  readonly pageSize: number;
}

/** Seconds that the next live window may reach back without a page more than it needs anyway. */
export function freeOverlap(
  { records, pages, seconds, newSeconds, pageSize }: LiveRead,
  least: number,
): number {
  if (seconds <= 0) return least;
  const perSecond = records / seconds;
  // Graph may give less on a page than was asked for; on how many pages that was, the last one is half full.
  const isLess = pages > Math.max(1, Math.ceil(records / pageSize));
  const size = FILLED * (isLess ? records / (pages - 0.5) : pageSize);
  const needed = perSecond * (newSeconds + least);
  const room = Math.max(1, Math.ceil(needed / size)) * size - needed;
  const more = perSecond === 0 ? MOST_OVERLAP_SECONDS : room / perSecond;
  return Math.max(least, Math.min(Math.floor(least + more), MOST_OVERLAP_SECONDS));
}

/** The re-reads after everything from `from` to `to` was read at the moment `to`: those it covers need not be made. */
export function rereadsAfterLive(
  ages: readonly number[],
  rereads: readonly Reread[],
  from: Instant,
  to: Instant,
): Reread[] {
  return rereads.map((reread, index) => {
    const due = addSeconds(to, -(ages[index] ?? Infinity));
    const adjoins = compareInstants(from, reread.readTo) <= 0 && compareInstants(due, reread.readTo) > 0;
    return adjoins ? { ...reread, readTo: due } : reread;
  });
}
