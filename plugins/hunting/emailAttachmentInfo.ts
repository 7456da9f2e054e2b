import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_email_attachment_info",
  rows: "attachments of mail",
  table: "EmailAttachmentInfo",
  licence: "Microsoft Defender for Office 365 Plan 2",
});
