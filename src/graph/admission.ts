import { LONGEST_RETRY_AFTER_MS } from "../net/backoff.ts";
import { allOf } from "./allOf.ts";
import type { Priority, Quota } from "./quota.ts";

/** A request's way past every budget that it draws on. */
export interface Admission {
  /**
   * @returns to be called once when the answer has come to its end
   * @throws the signal's reason
   */
  enter(signal?: AbortSignal): Promise<() => void>;
  /** Graph answered 429, asking for so many seconds or saying nothing. */
  throttled(retryAfterSeconds: number | undefined): void;
}

/** One request after the other passes all of `quotas`, at a priority. */
export function createAdmission(quotas: readonly Quota[], priority: Priority): Admission {
  return {
    enter: (signal) => allOf(quotas).acquire(priority, signal),
    throttled(retryAfterSeconds) {
      for (const quota of quotas) {
        // Identity protection says nothing: then a whole stretch of the budget is left to pass.
        const ms = retryAfterSeconds === undefined ? quota.windowMs : retryAfterSeconds * 1000;
        quota.throttled(Math.min(ms, LONGEST_RETRY_AFTER_MS));
      }
    },
  };
}
