import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_device_registry_events",
  rows: "keys of the registry that were made and changed",
  table: "DeviceRegistryEvents",
  licence: "Microsoft Defender for Endpoint Plan 2",
});
