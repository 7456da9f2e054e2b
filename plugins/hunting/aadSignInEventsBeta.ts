import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_aad_sign_in_events_beta",
  title: "Microsoft Defender advanced hunting: sign-ins to Microsoft Entra",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-aadsignineventsbeta-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Entra ID P2",
  cursor: { kind: "query", table: "AADSignInEventsBeta", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_aad_sign_in_events_beta",
});
