import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_email_events",
  title: "Microsoft Defender advanced hunting: mail that came or left",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-emailevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Office 365 Plan 2",
  cursor: { kind: "query", table: "EmailEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_email_events",
});
