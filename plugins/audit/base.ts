import { definePlugin, type Plugin } from "../../src/plugin/plugin.ts";

/** A part of the unified audit log. */
export interface AuditPart extends Pick<Plugin, "service" | "permissions" | "tag"> {
  /** Which part it is. */
  readonly part: string;
  /**
   * By the type of record and not by service: that member is "serviceFilter" on one of Microsoft's pages and
   * "serviceFilters" on another, and this one is the same on all. Types that come later are in unified_audit alone.
   *
   * @default all there are
   */
  readonly recordTypes?: readonly string[];
}

/** Searches are created on beta: the page of v1.0 lists none of its own, and its address was seen to answer 404. A record is
 * shown an hour after its event as a rule, some after two days, hence what is read again. The id is the same as in the
 * Office 365 Management Activity API: who reads both has every record twice.
 */
export function auditPlugin({ service, part, permissions, recordTypes, tag }: AuditPart): Plugin {
  return definePlugin({
    service,
    title: `Microsoft 365 unified audit log (${part})`,
    docs:
      "https://learn.microsoft.com/graph/api/security-auditcoreroot-post-auditlogqueries?view=graph-rest-beta",
    path: "/beta/security/auditLog/queries",
    permissions,
    cursor: {
      kind: "job",
      field: "createdDateTime",
      retentionDays: 180,
      overlapSeconds: 3600,
      rereadAfterSeconds: [21_600, 86_400, 172_800],
      jobQuota: "audit-search",
      ...(recordTypes === undefined ? {} : { filters: { recordTypeFilters: recordTypes } }),
    },
    page: { size: 999 },
    quota: "security",
    tag,
  });
}
