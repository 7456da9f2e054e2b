import { definePlugin } from "../src/plugin/plugin.ts";

// Newest first whatever one asks, so a window is complete only when its last page is (signin-list).
export default definePlugin({
  service: "signIns",
  aliases: ["signIn", "signins"],
  title: "Microsoft Entra sign-ins (interactive)",
  docs: "https://learn.microsoft.com/graph/api/signin-list",
  path: "/v1.0/auditLogs/signIns",
  permissions: ["AuditLog.Read.All", "Directory.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "event-time", field: "createdDateTime", from: "ge", to: "le", retentionDays: 30 },
  page: { size: 1000 },
  quota: "reports",
  tag: "cloud.azure.ad.signin.{generation}.msgraph",
  filters: [
    { type: "instant", operators: ["eq", "ge", "le"], properties: ["createdDateTime"] },
    {
      operators: ["eq"],
      properties: [
        "id",
        "appId",
        "clientAppUsed",
        "conditionalAccessStatus",
        "correlationId",
        "resourceDisplayName",
        "resourceId",
        "riskDetail",
        "riskLevelAggregated",
        "riskLevelDuringSignIn",
        "riskState",
        "userId",
      ],
    },
    {
      operators: ["eq", "startswith"],
      properties: [
        "appDisplayName",
        "ipAddress",
        "userDisplayName",
        "userPrincipalName",
        "deviceDetail/browser",
        "deviceDetail/operatingSystem",
        "location/city",
        "location/state",
        "location/countryOrRegion",
      ],
    },
    // The page lists eq; "ne 0" is what the old collector's documentation recommends, and it works.
    { type: "number", operators: ["eq", "ne"], properties: ["status/errorCode"] },
    { type: "boolean", operators: ["eq"], properties: ["isInteractive"] },
    { type: "strings", operators: ["eq", "startswith"], properties: ["riskEventTypes_v2"] },
  ],
});
