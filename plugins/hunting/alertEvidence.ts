import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_alert_evidence",
  title: "Microsoft Defender advanced hunting: files, users, devices and others that alerts name",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-alertevidence-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "a Microsoft Defender product",
  cursor: { kind: "query", table: "AlertEvidence", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_alert_evidence",
});
