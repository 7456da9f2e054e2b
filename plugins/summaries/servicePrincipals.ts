import { summaryPlugin } from "./base.ts";

export default summaryPlugin({
  service: "sign_in_summaries_service_principals",
  of: "service principals",
  report: "getSummarizedServicePrincipalSignIns",
  tagged: "sign_in_summaries_sp",
});
