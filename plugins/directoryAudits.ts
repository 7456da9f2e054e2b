import { definePlugin } from "../src/plugin/plugin.ts";

// ge and le are the documented operators; gt and lt are not (directoryaudit resource page). Records of different
// loggedByService come through different pipelines, so their order of arrival is not their order in time.
export default definePlugin({
  service: "directory_audits",
  aliases: ["audit", "directory_audit"],
  title: "Microsoft Entra directory audits",
  docs: "https://learn.microsoft.com/graph/api/directoryaudit-list",
  path: "/v1.0/auditLogs/directoryAudits",
  permissions: ["AuditLog.Read.All", "Directory.Read.All"],
  cursor: { kind: "event-time", field: "activityDateTime", from: "ge", to: "le", retentionDays: 30 },
  // The page states no maximum; 999 is accepted by every Entra collection.
  page: { size: 999, orderBy: "activityDateTime" },
  quota: "reports",
  tag: "cloud.azure.ad.audit.{generation}.msgraph",
  filters: [
    { type: "instant", operators: ["eq", "ge", "le"], properties: ["activityDateTime"] },
    {
      operators: ["eq", "startswith"],
      properties: ["activityDisplayName", "initiatedBy/user/userPrincipalName"],
    },
    {
      operators: ["eq"],
      properties: [
        "id",
        "correlationId",
        "loggedByService",
        "initiatedBy/user/id",
        "initiatedBy/user/displayName",
        "initiatedBy/app/appId",
        "initiatedBy/app/displayName",
      ],
    },
    { operators: ["eq", "startswith"], properties: ["id", "displayName"], within: "targetResources" },
  ],
});
