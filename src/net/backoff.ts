/** The wait between tries: the same for Graph and for a receiver of lines, but for its bounds. */

/** The bounds of an exponential backoff, in milliseconds. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The longest pause that a Retry-After can impose: Graph has been seen to send two weeks (1209600). */
export const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * Milliseconds before a request is sent again: what the other side asked for, capped, or twice as long at each repeat.
 * Never less than was asked for, and spread so that many clients do not return at once.
 *
 * @param repeat counted from 1
 * @param random in [0, 1)
 */
export function backoffMs(
  { firstMs, longestMs }: BackoffBounds,
  repeat: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number {
  const own = Math.min(firstMs * 2 ** (repeat - 1), longestMs);
  const asked = Math.min((retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
  return asked > 0 ? asked + own * random * 0.1 : own * (0.5 + random / 2);
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3), seconds or an HTTP date, as seconds from `nowMs`; `undefined`
 * when it is neither.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000);
}
