import { huntingPlugin } from "./base.ts";

export default huntingPlugin({
  service: "hunting_email_post_delivery_events",
  rows: "what happened to mail after its delivery",
  table: "EmailPostDeliveryEvents",
  licence: "Microsoft Defender for Office 365 Plan 2",
});
