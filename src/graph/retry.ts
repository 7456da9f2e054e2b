import type { Clock } from "../clock.ts";
import { asGraphtapError, type GraphtapError } from "../errors.ts";
import { backoffMs } from "../net/backoff.ts";

/** How often one request is sent at most before its stream is suspended. */
export const MAX_ATTEMPTS = 6;
const BACKOFF = { firstMs: 1000, longestMs: 60_000 };

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
      if (count >= Math.min(error.kind.tries, options.attempts)) throw error;
      const delayMs = backoffMs(BACKOFF, count, error.retryAfterSeconds, options.random());
      options.onRetry(error, delayMs, count);
      await options.clock.sleep(delayMs, options.signal);
    }
  }
}
