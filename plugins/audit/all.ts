import { definePlugin } from "../../src/plugin/plugin.ts";

// Searches are created on beta: the page of v1.0 lists none of its own, and its address was seen to answer 404. A record is
// shown an hour after its event as a rule, some after two days, hence what is read again. The id is the same as in the
// Office 365 Management Activity API: who reads both has every record twice.
export default definePlugin({
  service: "unified_audit",
  title: "Microsoft 365 unified audit log (all services)",
  docs:
    "https://learn.microsoft.com/graph/api/security-auditcoreroot-post-auditlogqueries?view=graph-rest-beta",
  path: "/beta/security/auditLog/queries",
  permissions: ["AuditLogsQuery.Read.All"],
  cursor: {
    kind: "job",
    field: "createdDateTime",
    retentionDays: 180,
    overlapSeconds: 3600,
    rereadAfterSeconds: [21_600, 86_400, 172_800],
    jobQuota: "audit-search",
  },
  page: { size: 999 },
  quota: "security",
  // Devo's own tables for these are fed by another collector in another form, so they have tables of their own.
  tag: {
    field: "service",
    tags: {
      Exchange: "my.app.msgraph.audit_exchange",
      SharePoint: "my.app.msgraph.audit_sharepoint",
      OneDrive: "my.app.msgraph.audit_sharepoint",
      MicrosoftTeams: "my.app.msgraph.audit_teams",
      SecurityComplianceCenter: "my.app.msgraph.audit_purview",
    },
    otherwise: "my.app.msgraph.audit_other",
  },
});
