import type { QuotaName } from "../plugin/plugin.ts";

/** So many requests in any stretch of so many seconds. */
export interface Budget {
  readonly requests: number;
  readonly seconds: number;
  /** Requests whose answers may be under way at the same time. @default no limit */
  readonly concurrent?: number;
}

/**
 * Microsoft's limits for one application in one tenant (throttling-limits): reports 5 in 10 s, security 150 a minute,
 * scores 10,000 in 10 minutes and 4 at once, identity protection 1 a second for all applications of a tenant together,
 * Intune's audit 1000 in 20 s, service communications 240 a minute and 800 an hour. The directory has 3,500 units in 10 s for
 * the smallest tenants, and a list of applications costs 2 of them.
 * Advanced hunting takes at least 45 calls a minute (security-api-overview), the audit log search at least 200 new
 * searches in 24 hours (throttling-limits), both for all applications of a tenant together.
 * There is no margin: a limiter never exceeds them by Graph's own count (requestWindow.ts).
 */
export const BUDGETS: Readonly<Record<QuotaName, Budget>> = {
  "reports": { requests: 5, seconds: 10 },
  "security": { requests: 150, seconds: 60 },
  "scores": { requests: 10_000, seconds: 600, concurrent: 4 },
  "identity-protection": { requests: 1, seconds: 1 },
  "hunting": { requests: 45, seconds: 60 },
  "audit-search": { requests: 200, seconds: 86_400 },
  "directory": { requests: 1750, seconds: 10 },
  "intune": { requests: 1000, seconds: 20 },
  "service-communications": { requests: 240, seconds: 60 },
  "service-communications-hour": { requests: 800, seconds: 3600 },
  "global": { requests: 1000, seconds: 10 },
};

/**
 * Scores count among the requests of security, too (the same row of throttling-limits names both), and service
 * communications have two limits.
 */
const ALSO_OF: Readonly<Partial<Record<QuotaName, QuotaName>>> = {
  "scores": "security",
  "service-communications": "service-communications-hour",
};

/** The names of all budgets that a request of a quota draws on. */
export function budgetNames(quota: QuotaName): QuotaName[] {
  const also = ALSO_OF[quota];
  return also === undefined ? [quota] : [also, quota];
}
