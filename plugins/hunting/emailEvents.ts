import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_email_events",
  rows: "mail that came or left",
  table: "EmailEvents",
  licence: "Microsoft Defender for Office 365 Plan 2",
});
