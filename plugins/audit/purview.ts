import { definePlugin } from "../../src/plugin/plugin.ts";

// By the type of record and not by service: that member is "serviceFilter" on one of Microsoft's pages and "serviceFilters"
// on another, and this one is the same on all. Types that come later are in unified_audit alone.
export default definePlugin({
  service: "unified_audit_purview",
  title: "Microsoft 365 unified audit log (Purview)",
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
    filters: {
      recordTypeFilters: [
        "complianceDLPExchange",
        "complianceDLPSharePoint",
        "complianceDLPEndpoint",
        "dlpEndpoint",
        "discovery",
        "aeD",
        "dataGovernance",
        "informationBarrierPolicyApplication",
        "informationWorkerProtection",
        "mipLabel",
        "sensitivityLabelAction",
        "sensitivityLabeledFileAction",
        "sensitivityLabelPolicyMatch",
        "recordsManagement",
        "complianceSupervisionExchange",
        "securityComplianceCenterEOPCmdlet",
        "securityComplianceAlerts",
        "securityComplianceRBAC",
        "microsoftPurview",
        "purviewDataMapOperation",
      ],
    },
  },
  page: { size: 999 },
  quota: "security",
  tag: "my.app.msgraph.audit_purview",
});
