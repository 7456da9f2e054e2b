import { definePlugin } from "../src/plugin/plugin.ts";

// Offline detections come hours or days after the activity, and riskState changes later: so the time is that of the last
// update. The page states 20 as the default size and 500 as the largest; a tenant with P1 sees most as "generic".
// 429 comes without Retry-After. Devo's table of alerts has another form of record.
export default definePlugin({
  service: "risk_detections",
  title: "Microsoft Entra risk detections",
  docs: "https://learn.microsoft.com/graph/api/riskdetection-list",
  path: "/v1.0/identityProtection/riskDetections",
  permissions: ["IdentityRiskEvent.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "update-time", field: "lastUpdatedDateTime", from: "ge", to: "le", retentionDays: 90 },
  page: { size: 500 },
  quota: "identity-protection",
  tag: "my.app.graph.risk_detections",
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
        "userId",
        "userPrincipalName",
      ],
    },
  ],
  example: {
    correlationId: null,
    riskEventType: "unfamiliarFeatures",
    riskState: "atRisk",
    riskLevel: "medium",
    riskDetail: "none",
    source: "IdentityProtection",
    detectionTimingType: "offline",
    activity: "signin",
    ipAddress: "192.0.2.7",
    location: { city: "Köln", state: null, countryOrRegion: "DE", geoCoordinates: null },
    activityDateTime: "2026-01-31T12:00:00.12Z",
    detectedDateTime: "2026-01-31T12:00:00.12Z",
    userId: "4f6f0c3e-0d0c-4b52-9f6e-3a1d2c4b5e60",
    userPrincipalName: "alex@contoso.example",
    additionalInfo: '[{"Key":"userAgent","Value":"Mozilla/5.0"}]',
  },
});
