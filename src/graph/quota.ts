import type { Clock } from "../clock.ts";
import type { QuotaName } from "../plugin/plugin.ts";

/** So many requests in any stretch of so many seconds. */
export interface Budget {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Microsoft's limits for one application in one tenant, less a margin: the real figures are not guaranteed, and
 * a 429 costs more than the request it saves (throttling-limits: reports 5 in 10 s, security 150 a minute,
 * scores also 150 a minute, identity protection 1 a second for all applications of a tenant together).
 */
export const BUDGETS: Readonly<Record<QuotaName, Budget>> = {
  "reports": { requests: 4, seconds: 10 },
  "security": { requests: 140, seconds: 60 },
  "scores": { requests: 140, seconds: 60 },
  "identity-protection": { requests: 4, seconds: 5 },
  "global": { requests: 1000, seconds: 10 },
};

/** A budget in use, shared by every stream that it covers. */
export interface Quota {
  /** Waits, in order of arrival, until a request fits. @throws the signal's reason */
  acquire(signal?: AbortSignal): Promise<void>;
  /** Nobody passes for `ms` milliseconds: Graph said so. */
  pause(ms: number): void;
}

export function createQuota(budget: Budget, clock: Clock): Quota {
  const windowMs = budget.seconds * 1000;
  let starts: number[] = [];
  let pausedUntil = 0;
  let tail: Promise<unknown> = Promise.resolve();

  async function take(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const now = clock.now();
      // A start in the future means that the host's clock was set back: it must not block for hours.
      starts = starts.filter((start) => start > now - windowMs && start <= now);
      const oldest = starts[starts.length - budget.requests];
      const wait = Math.max(pausedUntil - now, oldest === undefined ? 0 : oldest + windowMs - now);
      if (wait <= 0) {
        starts.push(now);
        return;
      }
      await clock.sleep(wait, signal);
    }
  }
  return {
    acquire(signal) {
      const turn = tail.then(() => take(signal));
      tail = turn.catch(() => {});
      return turn;
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
  };
}

/** The quotas of one process: one for each application, tenant and name. */
export interface Quotas {
  of(application: { tenantId: string; clientId: string }, name: QuotaName): Quota;
}

export function createQuotas(overrides: Readonly<Record<string, Budget>>, clock: Clock): Quotas {
  const quotas = new Map<string, Quota>();
  return {
    of({ tenantId, clientId }, name) {
      // Identity protection counts a tenant's applications together.
      const owner = name === "identity-protection" ? [tenantId] : [tenantId, clientId];
      const key = JSON.stringify([name, ...owner.map((part) => part.toLowerCase())]);
      let quota = quotas.get(key);
      if (quota === undefined) {
        quota = createQuota(overrides[name] ?? BUDGETS[name], clock);
        quotas.set(key, quota);
      }
      return quota;
    },
  };
}
