import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_identity_directory_events",
  title: "Microsoft Defender advanced hunting: events of the domain controllers",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-identitydirectoryevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Identity",
  cursor: { kind: "query", table: "IdentityDirectoryEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_identity_directory_events",
});
