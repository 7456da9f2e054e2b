import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_alert_evidence",
  rows: "files, users, devices and others that alerts name",
  table: "AlertEvidence",
  licence: "a Microsoft Defender product",
});
