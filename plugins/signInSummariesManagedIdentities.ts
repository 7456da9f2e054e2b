import { definePlugin } from "../src/plugin/plugin.ts";

// As sign_in_summaries, of managed identities. Microsoft's example has the zero GUID as id: such a record is known by its
// content.
export default definePlugin({
  service: "sign_in_summaries_managed_identities",
  title: "Microsoft Entra sign-in summaries (managed identities)",
  docs: "https://learn.microsoft.com/graph/api/auditlogroot-getsummarizedmsisignins?view=graph-rest-beta",
  path: "/beta/auditLogs/getSummarizedMSISignIns(aggregationWindow='d1')",
  permissions: ["AuditLog.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "snapshot" },
  page: { size: 1000 },
  quota: "reports",
  tag: "my.app.graph.sign_in_summaries_mi",
  notice:
    "sign_in_summaries_managed_identities reads its whole report each time, by the request budget of sign-ins: give it a long period",
  filters: [
    {
      operators: ["eq"],
      properties: [
        "id",
        "appId",
        "appDisplayName",
        "conditionalAccessStatus",
        "resourceDisplayName",
        "resourceId",
        "servicePrincipalId",
        "tenantId",
        "userPrincipalName",
      ],
    },
    { operators: ["eq", "startswith"], properties: ["ipAddress", "servicePrincipalName"] },
    { type: "number", operators: ["eq"], properties: ["status/errorCode"] },
  ],
  example: {
    signInCount: 15,
    aggregationDateTime: "2026-01-31T12:00:00Z",
    firstSignInDateTime: "2026-01-31T12:00:00Z",
    userPrincipalName: "",
    appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    appDisplayName: "Azure Portal",
    ipAddress: "192.0.2.45",
    conditionalAccessStatus: "success",
    resourceDisplayName: "Microsoft Graph",
    status: { errorCode: 0, failureReason: null, additionalDetails: null },
  },
});
