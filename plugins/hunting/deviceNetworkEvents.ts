import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_device_network_events",
  title: "Microsoft Defender advanced hunting: connections of devices",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-devicenetworkevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Endpoint Plan 2",
  cursor: { kind: "query", table: "DeviceNetworkEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_device_network_events",
});
