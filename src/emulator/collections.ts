import type { QuotaFamily } from "./options.ts";
import {
  alertProperties,
  alertV2Properties,
  controlProfileProperties,
  directoryAuditProperties,
  type PropertyTable,
  provisioningProperties,
  secureScoreProperties,
  signInBetaProperties,
  signInProperties,
} from "./properties.ts";

/** The collections that the emulated Graph holds. `signIns` is v1.0, `signIns_beta` the same table in beta. */
export type CollectionName =
  | "signIns"
  | "signIns_beta"
  | "directoryAudits"
  | "provisioning"
  | "alerts"
  | "alerts_v2"
  | "secureScores"
  | "secureScoreControlProfiles";

/** How Graph treats one collection. */
export interface Collection {
  readonly name: CollectionName;
  /** Path below the origin; the case of its last segment does not matter. */
  readonly path: string;
  /** Application permissions any of which opens it. */
  readonly permissions: readonly string[];
  /** Entra ID P1 or P2 is needed. */
  readonly premium: boolean;
  /** Budgets that a request is counted against. */
  readonly quotas: readonly QuotaFamily[];
  readonly properties: PropertyTable;
  /** Properties that `$orderby` may name; empty where it is refused. */
  readonly sortable: readonly string[];
  /** `$orderby` is accepted and changes nothing. */
  readonly orderFixed?: boolean;
  /** Order when the request names none. `minutes`: by time, but only to the minute. */
  readonly order: { readonly by: string; readonly descending: boolean; readonly coarse?: boolean } | null;
  readonly page: {
    readonly size: number;
    readonly max: number;
    /** What becomes of a larger `$top`. */
    readonly over: "refuse" | "clamp";
  };
  /** `token`: `$skiptoken` over a frozen result. `skip`: an offset into whatever matches by then. */
  readonly links: "token" | "skip";
  /** Largest `$skip` that is accepted; `null` where `$skip` is refused altogether. */
  readonly maxSkip: number | null;
  readonly count: boolean;
  readonly select: boolean;
  /** Furthest back that a filter may reach, in days. */
  readonly filterDays: number | null;
}

const reports = {
  permissions: ["AuditLog.Read.All"],
  premium: false,
  quotas: ["reports"],
  page: { size: 1000, max: 1000, over: "refuse" },
  links: "token",
  maxSkip: null,
  count: false,
  select: false,
  filterDays: 90,
} as const;

const security = {
  permissions: ["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"],
  premium: false,
  quotas: ["security"],
  page: { size: 100, max: 1000, over: "clamp" },
  links: "skip",
  maxSkip: Number.MAX_SAFE_INTEGER,
  count: true,
  select: false,
  filterDays: null,
} as const;

const newestSignIn = { by: "createdDateTime", descending: true } as const;

/** Every collection, in the order in which their services are listed. */
export const collections: readonly Collection[] = [
  {
    ...reports,
    name: "signIns",
    path: "/v1.0/auditLogs/signIns",
    premium: true,
    properties: signInProperties,
    sortable: [],
    order: newestSignIn,
  },
  {
    ...reports,
    name: "signIns_beta",
    path: "/beta/auditLogs/signIns",
    premium: true,
    properties: signInBetaProperties,
    // The beta page has one example with $orderby=createdDateTime; the order served stays the same.
    sortable: ["createdDateTime"],
    orderFixed: true,
    order: newestSignIn,
  },
  {
    ...reports,
    name: "directoryAudits",
    path: "/v1.0/auditLogs/directoryAudits",
    properties: directoryAuditProperties,
    sortable: ["activityDateTime"],
    order: { by: "activityDateTime", descending: true },
  },
  {
    ...reports,
    name: "provisioning",
    path: "/v1.0/auditLogs/provisioning",
    permissions: ["AuditLog.Read.All", "ProvisioningLog.Read.All"],
    properties: provisioningProperties,
    sortable: ["activityDateTime"],
    // Users report that the order cannot be relied on, $orderby or not.
    order: { by: "activityDateTime", descending: true, coarse: true },
  },
  {
    ...security,
    name: "alerts",
    path: "/v1.0/security/alerts",
    properties: alertProperties,
    sortable: [
      "createdDateTime",
      "eventDateTime",
      "lastModifiedDateTime",
      "severity",
      "status",
      "vendorInformation/provider",
    ],
    order: { by: "createdDateTime", descending: true },
    page: { size: 100, max: 1000, over: "refuse" },
    maxSkip: 500,
    select: true,
  },
  {
    ...security,
    name: "alerts_v2",
    path: "/v1.0/security/alerts_v2",
    permissions: ["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"],
    properties: alertV2Properties,
    // Not on the page, but in production use elsewhere.
    sortable: ["createdDateTime", "lastUpdateDateTime"],
    order: { by: "createdDateTime", descending: true },
  },
  {
    ...security,
    name: "secureScores",
    path: "/v1.0/security/secureScores",
    quotas: ["security", "scores"],
    properties: secureScoreProperties,
    // Not on the page either; the predecessor has asked for both for years.
    sortable: ["createdDateTime", "vendorInformation/provider"],
    order: { by: "createdDateTime", descending: true },
  },
  {
    ...security,
    name: "secureScoreControlProfiles",
    path: "/v1.0/security/secureScoreControlProfiles",
    quotas: ["scores"],
    properties: controlProfileProperties,
    sortable: [],
    order: null,
    // Seen on a live tenant: exactly 200 records, then a $skiptoken.
    page: { size: 200, max: 200, over: "clamp" },
    links: "token",
  },
];

/** All names, for checking input. */
export const collectionNames = collections.map((collection) => collection.name) as [
  CollectionName,
  ...CollectionName[],
];

/** The collection with this name. */
export function collectionNamed(name: CollectionName): Collection {
  const found = collections.find((collection) => collection.name === name);
  if (found === undefined) throw new TypeError(`There is no collection "${name}"`);
  return found;
}

/** The collection at this path, if there is one. */
export function collectionAt(path: string): Collection | undefined {
  const known = lowerLast(path);
  return collections.find((collection) => lowerLast(collection.path) === known);
}

function lowerLast(path: string): string {
  const slash = path.lastIndexOf("/");
  return path.slice(0, slash) + path.slice(slash).toLowerCase();
}
