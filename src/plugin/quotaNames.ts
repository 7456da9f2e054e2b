import type { QuotaName } from "./plugin.ts";

const quotas: Record<QuotaName, true> = {
  "reports": true,
  "security": true,
  "scores": true,
  "identity-protection": true,
  "hunting": true,
  "audit-search": true,
  "directory": true,
  "intune": true,
  "service-communications": true,
  "service-communications-hour": true,
  "global": true,
};

/** The request budgets that a plugin, or `globals.quotas`, may name. */
export const quotaNames = Object.keys(quotas) as readonly QuotaName[];
