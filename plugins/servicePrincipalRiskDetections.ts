import { definePlugin } from "../src/plugin/plugin.ts";

// As for users. An example of Microsoft's page has a time that ends in "Z)": such a record is known by its id and that text.
export default definePlugin({
  service: "service_principal_risk_detections",
  title: "Microsoft Entra risk detections of service principals",
  docs: "https://learn.microsoft.com/graph/api/identityprotectionroot-list-serviceprincipalriskdetections",
  path: "/v1.0/identityProtection/servicePrincipalRiskDetections",
  permissions: ["IdentityRiskyServicePrincipal.Read.All"],
  licence: "Microsoft Entra Workload ID Premium",
  cursor: { kind: "update-time", field: "lastUpdatedDateTime", from: "ge", to: "le", retentionDays: 90 },
  page: { size: 500 },
  quota: "identity-protection",
  tag: "my.app.graph.sp_risk_detections",
  filters: [
    {
      type: "instant",
      operators: ["eq", "ge", "le", "gt", "lt"],
      properties: ["activityDateTime", "detectedDateTime", "lastUpdatedDateTime"],
    },
    {
      operators: ["eq"],
      properties: [
        "id",
        "riskDetail",
        "riskEventType",
        "riskLevel",
        "riskState",
        "appId",
        "servicePrincipalId",
      ],
    },
  ],
  example: {
    riskEventType: "leakedCredentials",
    riskState: "atRisk",
    riskLevel: "high",
    riskDetail: "none",
    detectionTimingType: "offline",
    activity: "servicePrincipal",
    ipAddress: null,
    activityDateTime: "2026-01-31T12:00:00Z",
    detectedDateTime: "2026-01-31T12:00:00Z",
    servicePrincipalId: "9d0b1c55-7f3a-4a0e-8f57-2f6c1e6f2b11",
    servicePrincipalDisplayName: "Payroll (test)",
    appId: "0f7a3c52-90ab-4d6e-8c21-5b0e7a94d210",
    keyIds: ["5d0b1c55-7f3a-4a0e-8f57-2f6c1e6f2b12"],
  },
});
