import type { QuotaFamily, QuotaLimit } from "./options.ts";

/** Request budgets, each for one application in one tenant. */
export interface Quotas {
  /**
   * Counts a request made at `now` (milliseconds); refused ones count too, as on Graph.
   *
   * @returns 0 when it is within the limits, otherwise whole seconds to wait
   */
  admit(families: readonly QuotaFamily[], client: string, now: number): number;
}

// throttling-limits: identity and access reports; security; secure scores.
const DEFAULTS: Readonly<Record<QuotaFamily, QuotaLimit>> = {
  reports: { requests: 5, seconds: 10 },
  security: { requests: 150, seconds: 60 },
  scores: { requests: 10_000, seconds: 600 },
};

/** Budgets with the published figures, where `limits` does not say otherwise. */
export function createQuotas(limits: Partial<Record<QuotaFamily, QuotaLimit>> | "off" = {}): Quotas {
  const requests = new Map<string, number[]>();
  return {
    admit(families, client, now) {
      if (limits === "off") return 0;
      const waits = families.map((family) => {
        const limit = limits[family] ?? DEFAULTS[family];
        const key = `${family}/${client}`;
        const recent = (requests.get(key) ?? []).filter((at) => at > now - limit.seconds * 1000);
        const wait = waitFor(recent, limit, now);
        requests.set(key, [...recent, now]);
        return wait;
      });
      return Math.max(0, ...waits);
    },
  };
}

/** Seconds until one more request would fit, had this one not been made. */
function waitFor(recent: readonly number[], limit: QuotaLimit, now: number): number {
  const blocking = recent[recent.length - limit.requests];
  if (blocking === undefined) return 0;
  return Math.max(1, Math.ceil((blocking + limit.seconds * 1000 - now) / 1000));
}
