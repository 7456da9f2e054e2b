/**
 * The shape of a plugin: one Graph collection, as data. The engine reads it and never names one;
 * `definePlugin` and the schema in `schema.ts` check it. Importing this starts nothing, and needs nothing.
 *
 * @module
 */

/** Which request budget of Microsoft Graph covers a collection; `src/graph/budgets.ts` has the figures. */
export type QuotaName =
  | "reports"
  | "security"
  | "scores"
  | "identity-protection"
  | "hunting"
  | "audit-search"
  | "directory"
  | "intune"
  | "service-communications"
  | "service-communications-hour"
  | "global";

/** What a collection with times has in common, whatever its times mean. */
export interface TimedCursor {
  /** Top-level property that holds the time. */
  readonly field: string;
  /** Days that Graph keeps a record, and so the furthest start. */
  readonly retentionDays: number;
  /** Seconds that each poll reads again before its position, for records that arrived late. @default 120 */
  readonly overlapSeconds?: number;
  /** Seconds that a record is left alone because it is incomplete at first. @default 0 */
  readonly settleSeconds?: number;
  /** Ages in seconds at which a range is read again for late records. @default as src/tap/late/rereads.ts says */
  readonly rereadAfterSeconds?: readonly number[];
}

/** A collection that takes a `$filter` on its time. */
export interface FilteredCursor extends TimedCursor {
  /** Filter operator for the lower and upper bound: which ones a collection knows differs. */
  readonly from: "ge" | "gt";
  /** The same for the upper bound. */
  readonly to: "le" | "lt";
}

/** Append-only records that arrive late and out of order. The key of a record is its id. */
export interface EventTimeCursor extends FilteredCursor {
  /** Tells the kinds of cursors apart. */
  readonly kind: "event-time";
}

/** Records that change after they appear. The key is the id and the time of the last change. */
export interface UpdateTimeCursor extends FilteredCursor {
  /** Tells the kinds of cursors apart. */
  readonly kind: "update-time";
}

/** A collection without a usable position: read whole, each record leaving when its content is new. */
export interface SnapshotCursor {
  /** Tells the kinds of cursors apart. */
  readonly kind: "snapshot";
  /** Top-level property with the record's time, if it has one; also the filter for a configured start. */
  readonly field?: string;
  /**
   * Top-level properties whose change alone is no change of the record, such as when a report was made.
   * @default every property counts
   */
  readonly ignore?: readonly string[];
}

/**
 * A table of advanced hunting: each window is a query in KQL, sent by POST, and its answer is one page. Rows have no id,
 * so the key of a record is its content.
 */
export interface QueryCursor extends TimedCursor {
  /** Tells the kinds of cursors apart. */
  readonly kind: "query";
  /** The table of the advanced hunting schema. */
  readonly table: string;
  /** KQL operators behind the window, each without its pipe, such as `where ActionType == 'LogonFailed'`. @default none */
  readonly operators?: readonly string[];
}

/** Properties of an audit log query by which Graph chooses records. */
export type JobFilterName =
  | "administrativeUnitIdFilters"
  | "ipAddressFilters"
  | "keywordFilter"
  | "objectIdFilters"
  | "operationFilters"
  | "recordTypeFilters"
  | "serviceFilter"
  | "serviceFilters"
  | "userPrincipalNameFilters";

/**
 * Records that a job collects, which is asked for by POST, takes minutes or hours, and is looked at again until it is
 * done. Append-only; the key of a record is its id.
 */
export interface JobCursor extends TimedCursor {
  /** Tells the kinds of cursors apart. */
  readonly kind: "job";
  /** What each job asks for beside its window. @default everything */
  readonly filters?: Readonly<Partial<Record<JobFilterName, string | readonly string[]>>>;
  /** The budget of the requests that create a job; `quota` is for all others. */
  readonly jobQuota: QuotaName;
  /** Seconds of new time that a job waits for. @default 3600 */
  readonly everySeconds?: number;
}

/** How a collection is read on from where the last poll ended. */
export type Cursor = EventTimeCursor | UpdateTimeCursor | SnapshotCursor | QueryCursor | JobCursor;

/** A tag chosen by a value in the record. `{generation}` stands for the tag generation. */
export interface TagTable {
  /** Property that decides, nested ones by `/`. A string, or an array whose first known value decides. */
  readonly field: string;
  /** Compare values without regard to case. @default false */
  readonly ignoreCase?: boolean;
  /** Tag of each value that decides. */
  readonly tags: Readonly<Record<string, string>>;
  /** Tag of every record that no row of `tags` matches. */
  readonly otherwise: string;
}

/** An older name that stands for a part of the collection: its own stream, with its own filter. */
export interface Variant {
  /** Its name in the configuration. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** OData clause that replaces the plugin's own `filter`. */
  readonly filter: string;
  /** The one tag of all its records. @default the plugin's own */
  readonly tag?: string;
}

/** How a property is compared in a filter. `strings` is an array of texts, reached by `any`. */
export type FilterType = "string" | "number" | "boolean" | "instant" | "strings";

/** The operators and functions that a filter may use. */
export type FilterOperator = "eq" | "ne" | "ge" | "le" | "gt" | "lt" | "startswith" | "contains";

/** Properties for which Graph documents the same in `$filter`. */
export interface FilterRule {
  /** How they are compared. @default "string" */
  readonly type?: FilterType;
  /** What Graph documents for them. */
  readonly operators: readonly FilterOperator[];
  /** Names, nested ones by `/`. */
  readonly properties: readonly string[];
  /** Array of objects whose elements have these properties, reached by `any`. @default they are the record's own */
  readonly within?: string;
}

/** How pages are asked for. */
export interface PageRule {
  /** Records on a page: the most that Graph serves. Of a query, the most rows of an answer: one that has as many was cut. */
  readonly size: number;
  /**
   * How Graph is told the size: `$top`, the header `Prefer: odata.maxpagesize`, or not at all, where it refuses one.
   * @default "top"
   */
  readonly by?: "top" | "prefer" | "none";
  /** Property for `$orderby`, ascending, where Graph documents it. */
  readonly orderBy?: string;
  /**
   * Whether the link behind the last records may lead to a page that is never served: one that comes behind fewer records
   * than were asked for then counts as the end. @default false
   */
  readonly deadLinks?: boolean;
}

/** One Graph collection. */
export interface Plugin {
  /** Its name in the configuration and in event lines. */
  readonly service: string;
  /** Older names that mean the same. */
  readonly aliases?: readonly string[];
  /** Older names that stand for a part of the collection. */
  readonly variants?: readonly Variant[];
  /** What it is, in a few words. */
  readonly title: string;
  /** Microsoft's page about the collection. */
  readonly docs: string;
  /** Path below the Graph origin, version first. */
  readonly path: string;
  /** Application permissions to grant; the first is required, the others advised. */
  readonly permissions: readonly string[];
  /** What a tenant must have bought, if anything. */
  readonly licence?: string;
  /** How it is read on from where the last poll ended. */
  readonly cursor: Cursor;
  /** OData clause that every request carries. */
  readonly filter?: string;
  /**
   * What is asked instead where Graph refuses `filter`, in the order in which it is tried: each is a list of clauses,
   * and a window is asked for once with each of them.
   */
  readonly fallbackFilters?: readonly (readonly string[])[];
  /** What a page is asked for with. */
  readonly page: PageRule;
  /** The request budget that its requests count against. */
  readonly quota: QuotaName;
  /** Destination tag, or how a record decides it. */
  readonly tag: string | TagTable;
  /** Said once when the service is configured: what its user must know. */
  readonly notice?: string;
  /**
   * What else Graph documents for `$filter`: every property that `filter` and `variants` name must be here. A rule for
   * the cursor's own field says which operators Graph knows for it. @default the cursor's field and operators alone
   */
  readonly filters?: readonly FilterRule[];
  /**
   * A record such as Graph serves, with values of our own: the emulator makes its records like it, each with an id, times
   * and what `filters` and `tag` name. @default records have no more than those
   */
  readonly example?: Readonly<Record<string, unknown>>;
}

/**
 * Types a plugin file; the registry test and the loader check it against the schema.
 *
 * @example
 * ```ts
 * import { definePlugin } from "@graphtap/graphtap/plugin";
 *
 * const groups = definePlugin({
 *   service: "groups",
 *   title: "Groups of the directory",
 *   docs: "https://learn.microsoft.com/graph/api/group-list",
 *   path: "/v1.0/groups",
 *   permissions: ["Group.Read.All"],
 *   cursor: { kind: "snapshot" },
 *   page: { size: 999 },
 *   quota: "global",
 *   tag: "my.app.graph.groups",
 * });
 * if (groups.cursor.kind !== "snapshot") throw new Error("not what was written");
 * ```
 */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
