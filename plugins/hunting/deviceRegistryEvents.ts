import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_device_registry_events",
  title: "Microsoft Defender advanced hunting: keys of the registry that were made and changed",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceregistryevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Endpoint Plan 2",
  cursor: { kind: "query", table: "DeviceRegistryEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_device_registry_events",
});
