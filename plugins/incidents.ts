import { definePlugin } from "../src/plugin/plugin.ts";

// Changes in place, and is merged into another: redirectIncidentId then names that one. The page says newest first and no
// maximum; above 50 Graph answers 400. $expand=alerts with a filter has failed for weeks in large tenants: alerts have a
// service of their own. Devo has no table for incidents.
export default definePlugin({
  service: "incidents",
  title: "Microsoft Defender incidents",
  docs: "https://learn.microsoft.com/graph/api/security-list-incidents",
  path: "/v1.0/security/incidents",
  permissions: ["SecurityIncident.Read.All"],
  licence: "a Microsoft Defender product",
  cursor: { kind: "update-time", field: "lastUpdateDateTime", from: "ge", to: "le", retentionDays: 180 },
  page: { size: 50 },
  quota: "security",
  tag: "my.app.graph.incidents",
  // The page names these and no operators.
  filters: [
    {
      type: "instant",
      operators: ["eq", "ne", "ge", "le", "gt", "lt"],
      properties: ["createdDateTime", "lastUpdateDateTime"],
    },
    {
      operators: ["eq", "ne"],
      properties: ["assignedTo", "classification", "determination", "severity", "status"],
    },
  ],
  example: {
    redirectIncidentId: null,
    displayName: "Many failed sign-ins for one user",
    createdDateTime: "2026-01-31T12:00:00.12Z",
    assignedTo: null,
    classification: "unknown",
    determination: "unknown",
    status: "active",
    severity: "medium",
    customTags: [],
    comments: [],
  },
});
