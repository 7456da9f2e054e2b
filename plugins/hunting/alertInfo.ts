import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_alert_info",
  rows: "alerts",
  table: "AlertInfo",
  licence: "a Microsoft Defender product",
});
