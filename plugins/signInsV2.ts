import { definePlugin } from "../src/plugin/plugin.ts";

// Without a filter on signInEventTypes Graph returns interactive sign-ins only (beta signin-list), so every type is asked
// for, by name or by "ne" as Microsoft's own example does: types that come later belong to this service, too. Whether
// types can be combined in one filter is told in both ways, so there are others to fall back to. The 1.x services each
// asked for one type.
export default definePlugin({
  service: "signIns_v2",
  variants: [
    {
      name: "signIn_nonInteractive",
      title: "Microsoft Entra sign-ins (non-interactive)",
      filter: "signInEventTypes/any(t: t eq 'nonInteractiveUser')",
      tag: "cloud.azure.ad.noninteractive_user_signin.{generation}.msgraph",
    },
    {
      name: "signIn_servicePrincipal",
      title: "Microsoft Entra sign-ins (service principals)",
      filter: "signInEventTypes/any(t: t eq 'servicePrincipal')",
      tag: "cloud.azure.ad.service_principal_signin.{generation}.msgraph",
    },
    {
      name: "signIn_managedIdentity",
      title: "Microsoft Entra sign-ins (managed identities)",
      filter: "signInEventTypes/any(t: t eq 'managedIdentity')",
      tag: "cloud.azure.ad.managed_identity_signin.{generation}.msgraph",
    },
  ],
  title: "Microsoft Entra sign-ins (all event types)",
  docs: "https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta",
  path: "/beta/auditLogs/signIns",
  permissions: ["AuditLog.Read.All", "Directory.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "event-time", field: "createdDateTime", from: "ge", to: "le", retentionDays: 30 },
  filter: "signInEventTypes/any(t: t eq 'interactiveUser' or t ne 'interactiveUser')",
  fallbackFilters: [
    ["signInEventTypes/any(t: t eq 'interactiveUser')", "signInEventTypes/any(t: t ne 'interactiveUser')"],
    [
      "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser' " +
      "or t eq 'servicePrincipal' or t eq 'managedIdentity')",
    ],
    [
      "signInEventTypes/any(t: t eq 'interactiveUser')",
      "signInEventTypes/any(t: t eq 'nonInteractiveUser')",
      "signInEventTypes/any(t: t eq 'servicePrincipal')",
      "signInEventTypes/any(t: t eq 'managedIdentity')",
    ],
  ],
  page: { size: 1000 },
  quota: "reports",
  tag: {
    field: "signInEventTypes",
    tags: {
      interactiveUser: "cloud.azure.ad.interactive_user_signin.{generation}.msgraph",
      nonInteractiveUser: "cloud.azure.ad.noninteractive_user_signin.{generation}.msgraph",
      managedIdentity: "cloud.azure.ad.managed_identity_signin.{generation}.msgraph",
      servicePrincipal: "cloud.azure.ad.service_principal_signin.{generation}.msgraph",
      unknownFutureValue: "cloud.azure.ad.unknown_future_value_signin.{generation}.msgraph",
    },
    otherwise: "cloud.azure.ad.unknown_future_value_signin.{generation}.msgraph",
  },
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
    { type: "strings", operators: ["eq", "ne"], properties: ["signInEventTypes"] },
    {
      operators: ["eq", "startswith"],
      properties: [
        "authenticationRequirement",
        "servicePrincipalId",
        "servicePrincipalName",
        "userAgent",
      ],
    },
    {
      operators: ["eq"],
      properties: ["crossTenantAccessType", "homeTenantId", "originalRequestId", "resourceTenantId"],
    },
    { type: "boolean", operators: ["eq"], properties: ["flaggedForReview"] },
  ],
});
