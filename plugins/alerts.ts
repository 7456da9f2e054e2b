import { definePlugin } from "../src/plugin/plugin.ts";

// Legacy alerts change in place and $skip ends at 500 (alert-list, security-error-codes).
export default definePlugin({
  service: "alerts",
  title: "Microsoft Graph security alerts (legacy)",
  docs: "https://learn.microsoft.com/graph/api/alert-list",
  path: "/v1.0/security/alerts",
  permissions: ["SecurityEvents.Read.All"],
  cursor: { kind: "update-time", field: "lastModifiedDateTime", from: "ge", to: "le", retentionDays: 90 },
  page: { size: 1000 },
  quota: "security",
  tag: {
    field: "vendorInformation/provider",
    ignoreCase: true,
    tags: {
      "IPC": "cloud.azure.ad.alerts.{generation}.msgraph",
      "MCAS": "cloud.office365.cloud_apps.alerts.{generation}.msgraph",
      "Microsoft Defender ATP": "cloud.office365.endpoint.alerts.{generation}.msgraph",
      "Microsoft 365 Defender": "cloud.office365.endpoint.alerts.{generation}.msgraph",
      "Office 365 Security and Compliance": "cloud.office365.security.alerts.{generation}.msgraph",
      "Azure Sentinel": "cloud.azure.sentinel.alerts.{generation}.msgraph",
      "ASC": "cloud.office365.identity.alerts.{generation}.msgraph",
      "Azure Advanced Threat Protection": "cloud.azure.securitycenter.alerts.{generation}.msgraph",
    },
    otherwise: "cloud.msgraph.security.alerts.{generation}",
  },
  notice: "Microsoft announced that /security/alerts stops returning data on 2026-10-15; use alerts_v2",
  // The page says of most properties that they support $filter, and names no operators.
  filters: [
    {
      type: "instant",
      operators: ["eq", "ne", "ge", "le", "gt", "lt"],
      properties: ["createdDateTime", "eventDateTime", "lastModifiedDateTime", "closedDateTime"],
    },
    { type: "number", operators: ["eq", "ne", "ge", "le", "gt", "lt"], properties: ["confidence"] },
    {
      operators: ["eq", "ne", "startswith", "contains"],
      properties: [
        "id",
        "assignedTo",
        "azureSubscriptionId",
        "azureTenantId",
        "category",
        "severity",
        "status",
        "title",
        "vendorInformation/provider",
        "vendorInformation/subProvider",
        "vendorInformation/vendor",
      ],
    },
    {
      operators: ["eq", "ne", "startswith", "contains"],
      properties: ["fqdn", "netBiosName"],
      within: "hostStates",
    },
    {
      operators: ["eq", "ne", "startswith", "contains"],
      properties: ["aadUserId", "userPrincipalName"],
      within: "userStates",
    },
  ],
});
