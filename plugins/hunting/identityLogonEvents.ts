import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_identity_logon_events",
  rows: "sign-ins to Active Directory and online services",
  table: "IdentityLogonEvents",
  licence: "Microsoft Defender for Identity",
});
