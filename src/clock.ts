/** The only source of time: injected, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, as the host believes. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds, at once when `ms` is 0 or less.
   *
   * @throws the signal's reason, as soon as `signal` is aborted.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout holds its delay in 32 bits; a longer one would fire at once.
const LONGEST_TIMER_MS = 2_147_483_647;

/** The host's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
      signal?.addEventListener("abort", aborted, { once: true });
      function done() {
        signal?.removeEventListener("abort", aborted);
        resolve();
      }
      function aborted() {
        clearTimeout(timer);
        reject(signal?.reason);
      }
    }),
};
