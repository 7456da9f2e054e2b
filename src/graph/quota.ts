import type { Clock } from "../clock.ts";
import type { QuotaName } from "../plugin/plugin.ts";
import { allOf } from "./allOf.ts";
import { type Budget, budgetNames, BUDGETS } from "./budgets.ts";

/** What a request is for: today's records go first, late ones next, old ones last. */
export type Priority = "live" | "sweep" | "backfill";

const RANK: Readonly<Record<Priority, number>> = { live: 0, sweep: 1, backfill: 2 };
/** After a 429 the budget is halved, down to this share, and grows back by a tenth a minute. */
const SMALLEST_SHARE = 0.25;
const RECOVERY_MS_PER_SHARE = 600_000;

/** A budget in use, shared by every stream that it covers. */
export interface Quota {
  /**
   * Waits until a request fits: by priority, and among equals in order of arrival.
   *
   * @returns to be called once when its answer has come to its end
   * @throws the signal's reason
   */
  acquire(priority: Priority, signal?: AbortSignal): Promise<() => void>;
  /** Graph answered 429: nobody passes for `ms` milliseconds, and fewer after that, for a while. */
  throttled(ms: number): void;
  /** The stretch that the budget counts, in milliseconds. */
  readonly windowMs: number;
}

interface Waiter {
  readonly rank: number;
  readonly admit: () => void;
}

export function createQuota(budget: Budget, clock: Clock): Quota {
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

  function leave(): void {
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
            resolve(leave);
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

/** The quotas of one process: one for each application, tenant and name. */
export interface Quotas {
  of(application: { tenantId: string; clientId: string }, name: QuotaName): Quota;
}

/** @param overrides figures in the place of Microsoft's, by name; what may run at once stays as it is */
export function createQuotas(overrides: Readonly<Record<string, Budget>>, clock: Clock): Quotas {
  const quotas = new Map<string, Quota>();
  return {
    of({ tenantId, clientId }, quotaName) {
      const drawnOn = budgetNames(quotaName).map((name) => {
        // Identity protection counts a tenant's applications together.
        const owner = name === "identity-protection" ? [tenantId] : [tenantId, clientId];
        const key = JSON.stringify([name, ...owner.map((part) => part.toLowerCase())]);
        const quota = quotas.get(key) ?? createQuota({ ...BUDGETS[name], ...overrides[name] }, clock);
        quotas.set(key, quota);
        return quota;
      });
      return drawnOn.length === 1 ? drawnOn[0]! : allOf(drawnOn);
    },
  };
}
