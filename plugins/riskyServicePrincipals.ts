import { definePlugin } from "../src/plugin/plugin.ts";

// A state, not a log, as risky users are.
export default definePlugin({
  service: "risky_service_principals",
  title: "Microsoft Entra risky service principals",
  docs: "https://learn.microsoft.com/graph/api/identityprotectionroot-list-riskyserviceprincipals",
  path: "/v1.0/identityProtection/riskyServicePrincipals",
  permissions: ["IdentityRiskyServicePrincipal.Read.All"],
  licence: "Microsoft Entra Workload ID Premium",
  cursor: { kind: "snapshot", ignore: ["isProcessing"] },
  page: { size: 500 },
  quota: "identity-protection",
  tag: "my.app.graph.risky_sps",
  filters: [
    { operators: ["eq"], properties: ["appId", "riskDetail", "riskLevel", "riskState"] },
  ],
  example: {
    isEnabled: true,
    isProcessing: false,
    riskLastUpdatedDateTime: "2026-01-31T12:00:00.12Z",
    riskLevel: "high",
    riskState: "atRisk",
    riskDetail: "none",
    displayName: "Payroll (test)",
    appId: "0f7a3c52-90ab-4d6e-8c21-5b0e7a94d210",
    servicePrincipalType: "Application",
  },
});
