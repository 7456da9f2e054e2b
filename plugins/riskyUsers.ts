import { definePlugin } from "../src/plugin/plugin.ts";

// A state, not a log: a user is in it until the risk is remediated or dismissed. isProcessing goes to and fro while Microsoft
// computes. Graph refuses pages of more than 500.
export default definePlugin({
  service: "risky_users",
  title: "Microsoft Entra risky users",
  docs: "https://learn.microsoft.com/graph/api/riskyuser-list",
  path: "/v1.0/identityProtection/riskyUsers",
  permissions: ["IdentityRiskyUser.Read.All"],
  licence: "Microsoft Entra ID P2",
  cursor: { kind: "snapshot", ignore: ["isProcessing"] },
  page: { size: 500 },
  quota: "identity-protection",
  tag: "my.app.graph.risky_users",
  filters: [
    { operators: ["eq"], properties: ["riskDetail", "riskLevel", "riskState", "userPrincipalName"] },
  ],
  example: {
    isDeleted: false,
    isProcessing: false,
    riskLastUpdatedDateTime: "2026-01-31T12:00:00.12Z",
    riskLevel: "high",
    riskState: "atRisk",
    riskDetail: "none",
    userDisplayName: "Chloé Fontaine",
    userPrincipalName: "chloe@contoso.example",
  },
});
