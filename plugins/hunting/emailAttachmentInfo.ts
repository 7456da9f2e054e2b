import { definePlugin } from "../../src/plugin/plugin.ts";

export default definePlugin({
  service: "hunting_email_attachment_info",
  title: "Microsoft Defender advanced hunting: attachments of mail",
  docs: "https://learn.microsoft.com/defender-xdr/advanced-hunting-emailattachmentinfo-table",
  path: "/v1.0/security/runHuntingQuery",
  permissions: ["ThreatHunting.Read.All"],
  licence: "Microsoft Defender for Office 365 Plan 2",
  cursor: { kind: "query", table: "EmailAttachmentInfo", field: "Timestamp", retentionDays: 30 },
  page: { size: 100_000 },
  quota: "hunting",
  tag: "my.app.msgraph.hunting_email_attachment_info",
});
