import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_events",
  rows: "events of devices of many kinds",
  table: "DeviceEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
