import type { Clock } from "../clock.ts";
import { asGraphtapError, type GraphtapError } from "../errors.ts";

/** How often one request is sent at most before its stream is suspended. */
export const MAX_ATTEMPTS = 6;
const FIRST_DELAY_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;
/** Graph has been seen to send two weeks (a Retry-After of 1209600). */
const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * Milliseconds before attempt number `attempt` (the first repeat is 1): what the server asked, capped, or an
 * exponential backoff; never less than the server asked, and spread so that many clients do not return at once.
 *
 * @param random in [0, 1)
 */
export function retryDelay(attempt: number, retryAfterSeconds: number | undefined, random: number): number {
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
  const asked = Math.min((retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
  return asked > 0 ? asked + backoff * random * 0.1 : backoff * (0.5 + random / 2);
}

/** Reads a Retry-After header, seconds or an HTTP date, as seconds from `nowMs`; `undefined` when it is neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000);
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** How often to try at most. */
  readonly attempts: number;
  readonly signal?: AbortSignal;
  /** Told before each wait. */
  readonly onRetry: (error: GraphtapError, delayMs: number, attempt: number) => void;
}

/**
 * Runs `attempt` until it succeeds, fails in a way that waiting does not mend, or has been tried often enough.
 *
 * @throws the last failure
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let count = 1;; count++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (options.signal?.aborted) throw options.signal.reason;
      const error = asGraphtapError(thrown);
      if (error.kind.recovery !== "retry" || count >= options.attempts) throw error;
      const delayMs = retryDelay(count, error.retryAfterSeconds, options.random());
      options.onRetry(error, delayMs, count);
      await options.clock.sleep(delayMs, options.signal);
    }
  }
}
