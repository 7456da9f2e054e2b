import { definePlugin } from "../src/plugin/plugin.ts";

// On beta alone. A directory audit by its type, so Devo's table of audits fits; directoryAudits has none of these records.
export default definePlugin({
  service: "custom_security_attribute_audits",
  title: "Microsoft Entra audits of custom security attributes",
  docs:
    "https://learn.microsoft.com/graph/api/auditlogroot-list-customsecurityattributeaudits?view=graph-rest-beta",
  path: "/beta/auditLogs/customSecurityAttributeAudits",
  permissions: ["CustomSecAttributeAuditLogs.Read.All"],
  cursor: { kind: "event-time", field: "activityDateTime", from: "ge", to: "le", retentionDays: 30 },
  page: { size: 100 },
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
        "loggedByService",
        "initiatedBy/user/id",
        "initiatedBy/user/displayName",
        "initiatedBy/app/appId",
        "initiatedBy/app/displayName",
      ],
    },
    { operators: ["eq", "startswith"], properties: ["id", "displayName"], within: "targetResources" },
  ],
  example: {
    category: "AttributeManagement",
    correlationId: "79896ecf-ed75-4cee-8769-a51b639264ca",
    result: "success",
    resultReason: "",
    activityDisplayName: "Update attribute values assigned to a user",
    loggedByService: "Core Directory",
    operationType: "Assign",
    initiatedBy: { app: null, user: { userPrincipalName: "admin@contoso.example", ipAddress: "192.0.2.9" } },
    additionalDetails: [],
  },
});
