import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_process_events",
  rows: "processes that began",
  table: "DeviceProcessEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
