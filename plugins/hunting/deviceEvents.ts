import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_device_events",
  title: "Microsoft Defender advanced hunting: events of devices of many kinds",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Endpoint Plan 2",
  cursor: { kind: "query", table: "DeviceEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_device_events",
});
