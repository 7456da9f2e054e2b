import type { Clock } from "../../src/clock.ts";

/** A clock that stands still until a test moves it; who sleeps longer sleeps on. */
export interface HandClock extends Clock {
  /** How long everybody who still sleeps will sleep from now, in milliseconds. */
  readonly sleeping: readonly number[];
  /** Moves the clock, and wakes whom it passes, in their order. */
  advance(ms: number): void;
}

export function handClock(start = Date.UTC(2026, 10, 22, 16)): HandClock {
  let now = start;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    get sleeping() {
      return sleepers.map(({ until }) => until - now);
    },
    advance(ms) {
      now += ms;
      const due = sleepers.filter(({ until }) => until <= now).sort((a, b) => a.until - b.until);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { until: now + Math.max(0, ms), wake };
        if (ms <= 0) return resolve();
        sleepers.push(sleeper);
        signal?.addEventListener("abort", aborted, { once: true });
        function wake() {
          signal?.removeEventListener("abort", aborted);
          resolve();
        }
        function aborted() {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        }
      }),
  };
}
