/** Permits that draw on several limiters: a request goes when each of them lets it go. */
import type { GraphtapError } from "../errors.ts";
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
  const all = limiters.length === 1 ? limiters[0]! : allOf(limiters);
  return {
    acquire: (signal) => all.acquire(priority, signal),
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
      try {
        for (const limiter of limiters) permits.push(await limiter.acquire(priority, signal));
        return together(permits);
      } catch (error) {
        together(permits).release();
        throw error;
      }
    },
    tryAcquire() {
      const permits: Permit[] = [];
      for (const limiter of limiters) {
        const permit = limiter.tryAcquire();
        if (permit === null) {
          permits.forEach(({ release }) => release());
          return null;
        }
        permits.push(permit);
      }
      return together(permits);
    },
    throttled: (ms) => limiters.forEach((limiter) => limiter.throttled(ms)),
    used: () => Math.max(0, ...limiters.map((limiter) => limiter.used())),
  };
}

/** A 429 that names no time is obeyed for so long where nobody waits for a permit. */
const LATER_MS = 900_000;

/**
 * Permits for who would rather come back than wait: of `scarce` without waiting, of `others` as ever.
 *
 * @param refused what is thrown where `scarce` has none now
 */
export function createPermitsNow(scarce: Limiter, others: Permits, refused: () => GraphtapError): Permits {
  return {
    async acquire(signal) {
      const first = scarce.tryAcquire();
      if (first === null) throw refused();
      try {
        return together([first, await others.acquire(signal)]);
      } catch (error) {
        first.release();
        throw error;
      }
    },
    throttled(retryAfterSeconds) {
      scarce.throttled(retryAfterSeconds === undefined ? LATER_MS : retryAfterSeconds * 1000);
    },
  };
}

function together(permits: readonly Permit[]): Permit {
  return {
    answered: () => permits.forEach((permit) => permit.answered()),
    release: () => permits.forEach((permit) => permit.release()),
  };
}
