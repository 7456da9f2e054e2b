import type { Clock } from "../clock.ts";
import type { Budget } from "./budgets.ts";

/** What a request is for: today's records go first, late ones next, old ones last. */
export type Priority = "live" | "reread" | "backfill";

const RANK: Readonly<Record<Priority, number>> = { live: 0, reread: 1, backfill: 2 };
/** After a 429 the budget is halved, down to this share, and grows back by a tenth a minute. */
const SMALLEST_SHARE = 0.25;
const RECOVERY_MS_PER_SHARE = 600_000;

/** What lets one request go, from before it is sent until its answer has come to its end. */
export interface Permit {
  /** To be called once, when the answer has come to its end or there will be none. */
  release(): void;
}

/** Keeps a request budget; shared by every stream that the budget covers. */
export interface Limiter {
  /**
   * Waits until a request fits: by priority, and among equals in order of arrival.
   *
   * @throws the signal's reason
   */
  acquire(priority: Priority, signal?: AbortSignal): Promise<Permit>;
  /** Graph answered 429: nobody passes for `ms` milliseconds, and fewer after that, for a while. */
  throttled(ms: number): void;
  /** The stretch that the budget counts, in milliseconds. */
  readonly windowMs: number;
}

interface Waiter {
  readonly rank: number;
  readonly admit: () => void;
}

export function createLimiter(budget: Budget, clock: Clock): Limiter {
  const windowMs = budget.seconds * 1000;
  const waiting: Waiter[] = [];
  let starts: number[] = [];
  let pausedFrom = 0;
  let pausedUntil = 0;
  let share = 1;
  let shareSince = 0;
  let admitting = false;
  let places = budget.concurrent ?? Infinity;
  let placeIsFree = () => {};

  function release(): void {
    places++;
    placeIsFree();
  }
  /** What the budget is at the moment: fewer requests, or one in a longer stretch. */
  function current(now: number): { requests: number; ms: number } {
    const recovered = Math.min(1, share + Math.max(0, now - shareSince) / RECOVERY_MS_PER_SHARE);
    const requests = budget.requests * recovered;
    return { requests: Math.max(1, Math.floor(requests)), ms: windowMs / Math.min(1, requests) };
  }
  /** Milliseconds until the next request fits. */
  function waitMs(): number {
    const now = clock.now();
    const { requests, ms } = current(now);
    // A start in the future means that the host's clock was set back: it must not block for hours, nor must a pause.
    starts = starts.filter((start) => start > now - ms && start <= now);
    const oldest = starts[starts.length - requests];
    const pause = pausedFrom <= now ? pausedUntil - now : 0;
    return Math.max(pause, oldest === undefined ? 0 : oldest + ms - now);
  }
  async function admitAll(): Promise<void> {
    admitting = true;
    while (waiting.length > 0) {
      const wait = waitMs();
      if (wait > 0) {
        await clock.sleep(wait);
        continue;
      }
      if (places === 0) {
        await new Promise<void>((resolve) => placeIsFree = resolve);
        continue;
      }
      places--;
      starts.push(clock.now());
      waiting.shift()!.admit();
    }
    admitting = false;
  }
  return {
    windowMs,
    acquire: (priority, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const giveUp = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal?.reason);
        };
        const waiter: Waiter = {
          rank: RANK[priority],
          admit: () => {
            signal?.removeEventListener("abort", giveUp);
            resolve({ release });
          },
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        const behind = waiting.findIndex((other) => other.rank > waiter.rank);
        waiting.splice(behind < 0 ? waiting.length : behind, 0, waiter);
        if (!admitting) void admitAll();
      }),
    throttled(ms) {
      const now = clock.now();
      share = Math.max(SMALLEST_SHARE, Math.min(1, share + (now - shareSince) / RECOVERY_MS_PER_SHARE) / 2);
      shareSince = now;
      pausedUntil = Math.max(pausedFrom <= now ? pausedUntil : 0, now + ms);
      pausedFrom = now;
    },
  };
}
