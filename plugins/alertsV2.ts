import { definePlugin } from "../src/plugin/plugin.ts";

// A changed alert gets a new lastUpdateDateTime and leaves again. $orderby is not documented and not used:
// pages come newest first and links may carry $skip (security-list-alerts_v2).
export default definePlugin({
  service: "alerts_v2",
  title: "Microsoft Graph security alerts",
  docs: "https://learn.microsoft.com/graph/api/security-list-alerts_v2",
  path: "/v1.0/security/alerts_v2",
  permissions: ["SecurityAlert.Read.All"],
  licence: "a Microsoft Defender product",
  cursor: { kind: "update-time", field: "lastUpdateDateTime", from: "ge", to: "le", retentionDays: 180 },
  page: { size: 1000 },
  quota: "security",
  tag: "cloud.msgraph.security.alerts_v2.{generation}",
  // The eight that the list page names, and no others (investigationState was tried: 400).
  filters: [
    {
      type: "instant",
      operators: ["eq", "ne", "ge", "le", "gt", "lt"],
      properties: ["createdDateTime", "lastUpdateDateTime"],
    },
    {
      operators: ["eq", "ne"],
      properties: ["assignedTo", "classification", "determination", "serviceSource", "severity", "status"],
    },
  ],
});
