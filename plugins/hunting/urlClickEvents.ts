import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_url_click_events",
  rows: "clicks on addresses in mail, Teams and Office",
  table: "UrlClickEvents",
  licence: "Microsoft Defender for Office 365 Plan 2",
});
