import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_cloud_app_events",
  title: "Microsoft Defender advanced hunting: what accounts did in Office 365 and other cloud apps",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Cloud Apps",
  cursor: { kind: "query", table: "CloudAppEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_cloud_app_events",
});
