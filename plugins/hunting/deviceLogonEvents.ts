import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_logon_events",
  rows: "sign-ins on devices",
  table: "DeviceLogonEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
