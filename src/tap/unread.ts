import { addSeconds, earliest, type Instant, latest, type Window } from "../instant.ts";

/** What the unread time of a stream follows from. */
export interface Bounds {
  /** Everything before it was read; `null` when nothing was. */
  readonly watermark: Instant | null;
  /** Nothing before it is wanted. */
  readonly start: Instant;
  readonly now: Instant;
  /** Graph answers 400, or nothing, for what is older than this. */
  readonly oldest: Instant;
  /** How far behind `now` records count as today's; what is older waits behind them. */
  readonly liveSeconds: number;
}

/** Where a poll's live reading begins, and what older range is left for later, if any. */
export interface Unread {
  readonly liveFrom: Instant;
  readonly backfill: Window | null;
  /** The start lies before what Graph keeps. */
  readonly clamped: boolean;
}

/**
 * Splits what is unread into today's part and the rest: after a long first start, or a long stop, today's records
 * must flow from the first minute.
 */
export function splitUnread({ watermark, start, now, oldest, liveSeconds }: Bounds): Unread {
  const wanted = latest(watermark ?? start, start);
  // A start or a position after now (the host's clock was set back) gives an empty range, never a reversed one.
  const from = earliest(latest(wanted, oldest), now);
  const liveFrom = latest(from, addSeconds(now, -liveSeconds));
  const clamped = from !== wanted && watermark === null && wanted.seconds < oldest.seconds;
  return { liveFrom, backfill: liveFrom === from ? null : { from, to: liveFrom }, clamped };
}
