import { setImmediate } from "node:timers";
import type { Clock } from "../../src/clock.ts";

/** How many turns of the event loop nobody may lie down before time passes. */
const QUIET_TURNS = 10;
/** Before time passes by more than a second, it must be quiet so long, for who waits for a file or a thread. */
const QUIET_MS = 20;
const LONG_MS = 1000;

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock for many at once: it moves, to the end of the shortest sleep, when nothing else happens any more. */
export function idleClock(start: number): Clock & { close(): void } {
  let now = start;
  let quiet = 0;
  let since = Date.now();
  let isOpen = true;
  /** By the time at which they end. */
  const sleeping = new Map<number, Set<Sleeper>>();

  function stir(): void {
    quiet = 0;
    since = Date.now();
  }

  function turn(): void {
    if (!isOpen) return;
    const next = Math.min(...sleeping.keys());
    if (
      ++quiet > QUIET_TURNS && sleeping.size > 0 && (next - now < LONG_MS || Date.now() - since > QUIET_MS)
    ) {
      now = next;
      const due = sleeping.get(now)!;
      sleeping.delete(now);
      stir();
      for (const { wake } of due) wake();
    }
    setImmediate(turn);
  }
  setImmediate(turn);

  return {
    now: () => now,
    sleep(ms, signal) {
      signal?.throwIfAborted();
      stir();
      return new Promise((resolve, reject) => {
        const until = now + Math.max(0, Math.ceil(ms));
        const aborted = () => {
          sleeping.get(until)?.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        const sleeper = { until, wake };
        const others = sleeping.get(until) ?? new Set();
        sleeping.set(until, others.add(sleeper));
        signal?.addEventListener("abort", aborted, { once: true });
      });
    },
    close: () => void (isOpen = false),
  };
}
