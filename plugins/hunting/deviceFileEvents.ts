import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_file_events",
  rows: "files that were made, changed and deleted",
  table: "DeviceFileEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
