/** What re-reads may cost. Why, and the figures: `rereads.ts`. */

/** Requests that re-reads may make for each live one. */
const CREDIT_PER_LIVE_REQUEST = 0.6;
/** A quiet night must not pay for a storm of re-reads in the morning. */
const MOST_CREDIT = 60;
/** What one window may take (`windowWidth.ts`): it is earned before a re-read begins, so that none is ever owed. */
const WINDOW_CREDIT = 20;

/** Whether the credit is enough for one more window of a re-read. */
export function isPaidFor(credit: number): boolean {
  return credit > WINDOW_CREDIT;
}

/** The credit after so many live requests. */
export function creditAfterLive(credit: number, requests: number): number {
  return Math.min(credit + requests * CREDIT_PER_LIVE_REQUEST, MOST_CREDIT);
}

/** The credit after so many requests of a re-read. */
export function creditAfterReread(credit: number, requests: number): number {
  return credit - requests;
}
