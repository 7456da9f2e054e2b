import type { Clock } from "../clock.ts";
import type { QuotaName } from "../plugin/plugin.ts";
import { type Budget, budgetNames, BUDGETS } from "./budgets.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { noMemory, type RequestMemory } from "./requestWindow.ts";
import { allOf } from "./permits.ts";

/**
 * The limiters of one process: one for each application, tenant and budget. They stay when nobody asks for them any
 * more, for Graph counts on, and who comes back finds what was sent.
 */
export interface Limiters {
  /** @param overrides figures in the place of Microsoft's, by name; what may run at once stays as it is */
  of(
    application: { tenantId: string; clientId: string },
    quota: QuotaName,
    overrides?: Readonly<Record<string, Budget>>,
  ): Limiter;
}

/** Those that count a tenant's applications together. */
const OF_TENANT: ReadonlySet<QuotaName> = new Set(["identity-protection", "hunting", "audit-search"]);

/** @param memoryOf what remembers the requests of a limiter for the next one of its name, which stays the same */
export function createLimiters(
  clock: Clock,
  memoryOf: (name: string, stretchMs: number) => RequestMemory = () => noMemory,
): Limiters {
  const limiters = new Map<string, { readonly figures: string; readonly limiter: Limiter }>();
  return {
    of({ tenantId, clientId }, quota, overrides = {}) {
      const drawnOn = budgetNames(quota).map((name) => {
        const owner = OF_TENANT.has(name) ? [tenantId] : [tenantId, clientId];
        const key = JSON.stringify([name, ...owner.map((part) => part.toLowerCase())]);
        const budget = { ...BUDGETS[name], ...overrides[name] };
        const figures = JSON.stringify(budget);
        const known = limiters.get(key);
        if (known?.figures === figures) return known.limiter;
        const limiter = createLimiter(budget, clock, memoryOf(key, budget.seconds * 1000));
        limiters.set(key, { figures, limiter });
        return limiter;
      });
      return drawnOn.length === 1 ? drawnOn[0]! : allOf(drawnOn);
    },
  };
}
