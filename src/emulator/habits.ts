import type { Plugin, QuotaName } from "../plugin/plugin.ts";

/** What Graph does with a collection beyond what its plugin says. */
export interface Habits {
  /** Application permissions any of which opens it. */
  readonly permissions: readonly string[];
  /** A tenant without a licence is refused. */
  readonly licensed: boolean;
  /** Budgets that a request is counted against. */
  readonly quotas: readonly QuotaName[];
  /** How refusals are worded. */
  readonly wording: "reports" | "security" | "defender";
  /** Properties that `$orderby` may name; empty where it is refused. */
  readonly sortable: readonly string[];
  /** `$orderby` is accepted and changes nothing. */
  readonly orderFixed?: boolean;
  /** Order when the request names none. `coarse`: by time, but only to the minute. */
  readonly order: { readonly by: string; readonly descending: boolean; readonly coarse?: boolean } | null;
  readonly page: {
    /** Records on a page when a request names no `$top`. */
    readonly size: number;
    readonly max: number;
    /** What becomes of a larger `$top`. */
    readonly over: "refuse" | "clamp";
  };
  /** How a client may ask for a size of page; another way is refused. */
  readonly sizedBy: "top" | "prefer" | "none";
  /** Whether the last records come with a link, whose page is empty, or is never served. */
  readonly deadLinks: boolean;
  /** `token`: `$skiptoken` over a frozen result. `skip`: an offset into whatever matches by then. */
  readonly links: "token" | "skip";
  /** Largest `$skip` that is accepted; `null` where `$skip` is refused altogether. */
  readonly maxSkip: number | null;
  readonly count: boolean;
  readonly select: boolean;
  /** Furthest back that a filter may reach, in days. */
  readonly filterDays: number | null;
  /** A clause that is meant by every filter that does not name its property. */
  readonly implied?: { readonly property: string; readonly filter: string };
  /** Members of enumerations that came later are hidden from a client that does not ask for them. */
  readonly hidesLaterMembers?: boolean;
}

/** Graph's habits at a plugin's path: those that are known of it, otherwise the strictest that suit the plugin. */
export function habitsOf(plugin: Plugin): Habits {
  return { ...strictHabits(plugin), ...KNOWN[plugin.path] };
}

/** Whatever the plugin does not ask for is refused, and pages come newest first. */
function strictHabits({ permissions, licence, quota, cursor, page }: Plugin): Habits {
  return {
    permissions: permissions.slice(0, 1),
    licensed: licence !== undefined,
    quotas: quota === "service-communications" ? [quota, "service-communications-hour"] : [quota],
    wording: quota === "reports" ? "reports" : "security",
    sortable: page.orderBy === undefined ? [] : [page.orderBy],
    order: cursor.field === undefined ? null : { by: cursor.field, descending: true },
    page: { size: Math.min(page.size, 100), max: page.size, over: "refuse" },
    sizedBy: page.by ?? "top",
    deadLinks: page.deadLinks ?? false,
    links: "token",
    maxSkip: null,
    count: false,
    select: false,
    filterDays: null,
  };
}

const REPORTS: Partial<Habits> = {
  permissions: ["AuditLog.Read.All"],
  licensed: false,
  quotas: ["reports"],
  wording: "reports",
  sortable: [],
  page: { size: 1000, max: 1000, over: "refuse" },
  filterDays: 90,
};

const SECURITY: Partial<Habits> = {
  permissions: ["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"],
  licensed: false,
  quotas: ["security"],
  wording: "security",
  sortable: [],
  page: { size: 100, max: 1000, over: "clamp" },
  order: { by: "createdDateTime", descending: true },
  links: "skip",
  maxSkip: Number.MAX_SAFE_INTEGER,
  count: true,
};

/**
 * By path, a second opinion of what the plugins say. Much of it is on no page of Microsoft's, and was reported by
 * users.
 */
const KNOWN: Readonly<Record<string, Partial<Habits>>> = {
  "/v1.0/auditLogs/signIns": { ...REPORTS, licensed: true },
  "/beta/auditLogs/signIns": {
    ...REPORTS,
    licensed: true,
    // The beta page has one example with $orderby=createdDateTime; the order served stays the same.
    sortable: ["createdDateTime"],
    orderFixed: true,
    // beta signin-list: only interactive sign-ins, unless the filter speaks of event types.
    implied: { property: "signInEventTypes", filter: "signInEventTypes/any(t: t eq 'interactiveUser')" },
  },
  "/v1.0/auditLogs/directoryAudits": { ...REPORTS, sortable: ["activityDateTime"] },
  "/v1.0/auditLogs/provisioning": {
    ...REPORTS,
    permissions: ["AuditLog.Read.All", "ProvisioningLog.Read.All"],
    licensed: true,
    sortable: ["activityDateTime"],
    // Users report that the order cannot be relied on, $orderby or not.
    order: { by: "activityDateTime", descending: true, coarse: true },
  },
  // Each workload has a permission of its own, and one is for all of them.
  "/beta/security/auditLog/queries": {
    permissions: ["", "-Exchange", "-SharePoint", "-OneDrive", "-Entra", "-Endpoint", "-CRM"].map((
      workload,
    ) => `AuditLogsQuery${workload}.Read.All`),
    quotas: ["security"],
  },
  "/v1.0/security/alerts": {
    ...SECURITY,
    sortable: [
      "createdDateTime",
      "eventDateTime",
      "lastModifiedDateTime",
      "severity",
      "status",
      "vendorInformation/provider",
    ],
    page: { size: 100, max: 1000, over: "refuse" },
    maxSkip: 500,
    select: true,
  },
  "/v1.0/security/alerts_v2": {
    ...SECURITY,
    permissions: ["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"],
    licensed: true,
    wording: "defender",
    // Not on the page, but in production use elsewhere.
    sortable: ["createdDateTime", "lastUpdateDateTime"],
    hidesLaterMembers: true,
  },
  "/v1.0/security/secureScores": {
    ...SECURITY,
    quotas: ["security", "scores"],
    // Not on the page either; the predecessor has asked for both for years.
    sortable: ["createdDateTime", "vendorInformation/provider"],
  },
  "/v1.0/security/secureScoreControlProfiles": {
    ...SECURITY,
    quotas: ["scores"],
    order: null,
    // Seen on a live tenant: exactly 200 records, then a $skiptoken.
    page: { size: 200, max: 200, over: "clamp" },
    links: "token",
  },
};
