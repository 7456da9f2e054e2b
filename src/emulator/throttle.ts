import type { QuotaName } from "../plugin/plugin.ts";
import type { QuotaLimit } from "./options.ts";

/** Request budgets, each for one application in one tenant; identity protection's for all of a tenant's. */
export interface Throttle {
  /**
   * Counts a request made at `now` (milliseconds); refused ones count too, as on Graph.
   *
   * @param client who asks: the tenant and the application, by their ids
   * @returns 0 when it is within the limits, otherwise whole seconds to wait
   */
  admit(names: readonly QuotaName[], client: { tenantId: string; clientId: string }, now: number): number;
}

// throttling-limits, row by row. The directory counts in units; a list costs up to two of the smallest tenants' 3,500.
const DEFAULTS: Readonly<Record<QuotaName, QuotaLimit>> = {
  reports: { requests: 5, seconds: 10 },
  security: { requests: 150, seconds: 60 },
  scores: { requests: 10_000, seconds: 600 },
  "identity-protection": { requests: 1, seconds: 1 },
  hunting: { requests: 45, seconds: 60 },
  "audit-search": { requests: 200, seconds: 86_400 },
  directory: { requests: 1750, seconds: 10 },
  intune: { requests: 1000, seconds: 20 },
  "service-communications": { requests: 240, seconds: 60 },
  "service-communications-hour": { requests: 800, seconds: 3600 },
  global: { requests: 2000, seconds: 1 },
};

/** Those that count a tenant's applications together. */
const OF_TENANT: ReadonlySet<QuotaName> = new Set(["identity-protection", "hunting", "audit-search"]);

/** Budgets with the published figures, where `limits` does not say otherwise. */
export function createThrottle(limits: Partial<Record<QuotaName, QuotaLimit>> | "off" = {}): Throttle {
  const requests = new Map<string, number[]>();
  return {
    admit(names, client, now) {
      if (limits === "off") return 0;
      const waits = names.map((name) => {
        const limit = limits[name] ?? DEFAULTS[name];
        const key = OF_TENANT.has(name)
          ? `${name}/${client.tenantId}`
          : `${name}/${client.tenantId}/${client.clientId}`;
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
