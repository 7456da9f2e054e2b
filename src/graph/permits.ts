/** Permits that draw on several limiters: a request goes when each of them lets it go. */
import { LONGEST_RETRY_AFTER_MS } from "../net/backoff.ts";
import type { Limiter, Permit, Priority } from "./limiter.ts";

/** Where the requests of a stream get their permits, all at one priority. */
export interface Permits {
  /**
   * Waits until a request fits into every budget that it draws on.
   *
   * @throws the signal's reason
   */
  acquire(signal?: AbortSignal): Promise<Permit>;
  /** Graph answered 429, asking for so many seconds or saying nothing. */
  throttled(retryAfterSeconds: number | undefined): void;
}

/** One request after the other gets a permit of all `limiters`. */
export function createPermits(limiters: readonly Limiter[], priority: Priority): Permits {
  return {
    acquire: (signal) => allOf(limiters).acquire(priority, signal),
    throttled(retryAfterSeconds) {
      for (const limiter of limiters) {
        // Identity protection says nothing: then a whole stretch of the budget is left to pass.
        const ms = retryAfterSeconds === undefined ? limiter.windowMs : retryAfterSeconds * 1000;
        limiter.throttled(Math.min(ms, LONGEST_RETRY_AFTER_MS));
      }
    },
  };
}

/** All of `limiters` as one: a request passes one after the other, so the narrowest is best the first. */
export function allOf(limiters: readonly Limiter[]): Limiter {
  return {
    windowMs: Math.max(0, ...limiters.map(({ windowMs }) => windowMs)),
    async acquire(priority, signal) {
      const permits: Permit[] = [];
      const answered = () => permits.forEach((permit) => permit.answered());
      const release = () => permits.forEach((permit) => permit.release());
      try {
        for (const limiter of limiters) permits.push(await limiter.acquire(priority, signal));
        return { answered, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    throttled: (ms) => limiters.forEach((limiter) => limiter.throttled(ms)),
    used: () => Math.max(0, ...limiters.map((limiter) => limiter.used())),
  };
}
