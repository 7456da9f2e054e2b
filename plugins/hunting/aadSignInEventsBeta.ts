import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_aad_sign_in_events_beta",
  rows: "sign-ins to Microsoft Entra",
  table: "AADSignInEventsBeta",
  licence: "Microsoft Entra ID P2",
});
