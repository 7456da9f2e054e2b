import type { Clock } from "../clock.ts";
import type { Budget } from "./budgets.ts";
import { createRequestWindow, LONGEST_TRAVEL_MS, noMemory, type RequestMemory } from "./requestWindow.ts";

/** What a request is for: today's records go first, late ones next, old ones last. */
export type Priority = "live" | "reread" | "backfill";

const RANK: Readonly<Record<Priority, number>> = { live: 0, reread: 1, backfill: 2 };
/** After a 429 the budget is halved, at each further one again, down to this share. */
const SMALLEST_SHARE = 0.25;
/** And grows back within so many stretches of the limit. */
const RECOVERY_STRETCHES = 2;

/** What lets one request go, from before it is sent until its answer has come to its end. */
export interface Permit {
  /** The answer has begun: Graph has counted the request by now. */
  answered(): void;
  /** To be called once, when the answer has come to its end or there will be none. */
  release(): void;
}

/** Keeps a request budget; shared by every stream that the budget covers. */
export interface Limiter {
  /**
   * Waits until a request fits: by priority, and among equals in order of arrival. The request is to be sent at once.
   *
   * @throws the signal's reason
   */
  acquire(priority: Priority, signal?: AbortSignal): Promise<Permit>;
  /** The same without waiting; `null` where the request would have to. */
  tryAcquire(): Permit | null;
  /** Graph answered 429: nobody passes for `ms` milliseconds, and fewer after that, for a while. */
  throttled(ms: number): void;
  /** The stretch that the budget counts, in milliseconds. */
  readonly windowMs: number;
  /** The share of the budget that is used now; 1 also while nobody passes after a 429. */
  used(): number;
}

interface Waiter {
  readonly rank: number;
  readonly admit: () => void;
}

/** @param memory what earlier processes sent, and where this one is remembered @default nothing, and nowhere */
export function createLimiter(budget: Budget, clock: Clock, memory: RequestMemory = noMemory): Limiter {
  const windowMs = budget.seconds * 1000;
  const window = createRequestWindow(memory);
  const pause = createPause(windowMs, clock);
  const waiting: Waiter[] = [];
  let admitting = false;
  let places = budget.concurrent ?? Infinity;
  let wake = () => {};

  function permit(): Permit {
    const counted = window.send(clock.now());
    let isCounted = false;
    const countedBy = (ms: number) => {
      if (!isCounted) counted(ms);
      isCounted = true;
      wake();
    };
    places--;
    return {
      answered: () => countedBy(clock.now()),
      release() {
        countedBy(clock.now() + LONGEST_TRAVEL_MS);
        places++;
        wake();
      },
    };
  }
  function waitMs(): number {
    const now = clock.now();
    // What the budget is at the moment: fewer requests, or one in a longer stretch.
    const requests = budget.requests * pause.share(now);
    const stretchMs = windowMs / Math.min(1, requests);
    const most = Math.max(1, Math.floor(requests));
    return Math.max(places > 0 ? 0 : Infinity, pause.leftMs(now), window.waitMs(now, most, stretchMs));
  }
  async function admitAll(): Promise<void> {
    admitting = true;
    while (waiting.length > 0) {
      const wait = waitMs();
      if (wait === 0) waiting.shift()!.admit();
      else if (wait === Infinity) await new Promise<void>((resolve) => wake = resolve);
      else await clock.sleep(wait);
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
          wake();
          reject(signal?.reason);
        };
        const admit = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve(permit());
        };
        const waiter: Waiter = { rank: RANK[priority], admit };
        signal?.addEventListener("abort", giveUp, { once: true });
        enqueue(waiting, waiter);
        if (!admitting) void admitAll();
      }),
    tryAcquire: () => waiting.length === 0 && waitMs() === 0 ? permit() : null,
    throttled: (ms) => pause.begin(ms),
    used: () => pause.leftMs(clock.now()) > 0 ? 1 : shareOf(window.count(clock.now(), windowMs), budget),
  };
}

function shareOf(requests: number, budget: Budget): number {
  return Math.min(1, requests / budget.requests);
}

/** Puts a waiter behind all that go before it. */
function enqueue(waiting: Waiter[], waiter: Waiter): void {
  const behind = waiting.findIndex((other) => other.rank > waiter.rank);
  waiting.splice(behind < 0 ? waiting.length : behind, 0, waiter);
}

/** What a 429 leads to: a pause as long as Graph asks for, and less of the budget for some stretches after it. */
function createPause(windowMs: number, clock: Clock) {
  let fromMs = 0;
  let untilMs = 0;
  let lowest = 1;

  // A pause that began in the future means that the host's clock was set back.
  const isPast = (now: number) => fromMs <= now;
  const share = (now: number) =>
    !isPast(now) ? 1 : Math.min(1, lowest + Math.max(0, now - untilMs) / (RECOVERY_STRETCHES * windowMs));
  return {
    share,
    leftMs: (now: number) => isPast(now) ? Math.max(0, untilMs - now) : 0,
    begin(ms: number) {
      const now = clock.now();
      const isUnderWay = isPast(now) && now < untilMs;
      // Requests that were under way together are refused together: that is one refusal.
      if (!isUnderWay) lowest = Math.max(SMALLEST_SHARE, share(now) / 2);
      untilMs = Math.max(isUnderWay ? untilMs : 0, now + ms);
      fromMs = now;
    },
  };
}
