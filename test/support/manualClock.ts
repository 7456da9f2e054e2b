import type { Clock } from "../../src/clock.ts";

/** A clock that stands still until somebody sleeps, and then jumps to the end of the shortest sleep. */
export interface ManualClock extends Clock {
  /** How long everybody slept, in the order in which they lay down, in milliseconds. */
  readonly sleeps: readonly number[];
  advance(ms: number): void;
}

export function manualClock(start = Date.UTC(2026, 10, 22, 16, 0, 0)): ManualClock {
  let now = start;
  const sleeps: number[] = [];
  let sleepers: { until: number; wake: () => void }[] = [];
  function wakeNext() {
    sleepers.sort((a, b) => a.until - b.until);
    const first = sleepers.shift();
    if (first === undefined) return;
    now = Math.max(now, first.until);
    first.wake();
  }
  return {
    sleeps,
    now: () => now,
    advance: (ms) => now += ms,
    sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeps.push(ms);
      return new Promise((resolve, reject) => {
        const aborted = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        const sleeper = { until: now + Math.max(0, ms), wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", aborted, { once: true });
        // Time passes only when nothing else can happen.
        setImmediate(wakeNext);
      });
    },
  };
}
