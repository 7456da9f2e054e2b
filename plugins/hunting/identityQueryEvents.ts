import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_identity_query_events",
  rows: "queries for objects of Active Directory",
  table: "IdentityQueryEvents",
  licence: "Microsoft Defender for Identity",
});
