import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_network_events",
  rows: "connections of devices",
  table: "DeviceNetworkEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
