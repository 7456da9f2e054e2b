import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_url_click_events",
  title: "Microsoft Defender advanced hunting: clicks on addresses in mail, Teams and Office",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-urlclickevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Office 365 Plan 2",
  cursor: { kind: "query", table: "UrlClickEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_url_click_events",
});
