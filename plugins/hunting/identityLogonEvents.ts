import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_identity_logon_events",
  title: "Microsoft Defender advanced hunting: sign-ins to Active Directory and online services",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-identitylogonevents-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Identity",
  cursor: { kind: "query", table: "IdentityLogonEvents", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_identity_logon_events",
});
