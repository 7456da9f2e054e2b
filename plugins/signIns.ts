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
});
