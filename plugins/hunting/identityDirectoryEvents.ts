import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_identity_directory_events",
  rows: "events of the domain controllers",
  table: "IdentityDirectoryEvents",
  licence: "Microsoft Defender for Identity",
});
