import { definePlugin } from "../src/plugin/plugin.ts";

// The one Entra log that knows gt and lt but not ge and le (provisioningobjectsummary-list), and whose order
// cannot be relied on even with $orderby.
export default definePlugin({
  service: "provisioning_audits",
  aliases: ["provisioning", "provisioning_audit"],
  title: "Microsoft Entra provisioning",
  docs: "https://learn.microsoft.com/graph/api/provisioningobjectsummary-list",
  path: "/v1.0/auditLogs/provisioning",
  permissions: ["AuditLog.Read.All", "ProvisioningLog.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "event-time", field: "activityDateTime", from: "gt", to: "lt", retentionDays: 30 },
  page: { size: 999 },
  quota: "reports",
  tag: "cloud.azure.ad.provisioning.{generation}.msgraph",
  filters: [
    { type: "instant", operators: ["eq", "gt", "lt"], properties: ["activityDateTime"] },
    { type: "number", operators: ["eq", "gt", "lt"], properties: ["durationInMilliseconds"] },
    {
      operators: ["eq", "contains", "gt", "lt"],
      properties: [
        "id",
        "tenantId",
        "jobId",
        "cycleId",
        "changeId",
        "provisioningAction",
        "provisioningStatusInfo/status",
        "servicePrincipal/id",
        "servicePrincipal/displayName",
        "initiatedBy/displayName",
        "sourceIdentity/id",
        "sourceIdentity/displayName",
        "sourceSystem/displayName",
        "targetIdentity/id",
        "targetIdentity/displayName",
        "targetSystem/displayName",
      ],
    },
  ],
});
