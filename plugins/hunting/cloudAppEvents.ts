import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_cloud_app_events",
  rows: "what accounts did in Office 365 and other cloud apps",
  table: "CloudAppEvents",
  licence: "Microsoft Defender for Cloud Apps",
});
