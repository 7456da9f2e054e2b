import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_email_url_info",
  rows: "addresses in mail",
  table: "EmailUrlInfo",
  licence: "Microsoft Defender for Office 365 Plan 2",
});
