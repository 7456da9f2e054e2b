import { summaryPlugin } from "./base.ts";

// Microsoft's example has the zero GUID as id: such a record is known by its content.
export default summaryPlugin({
  service: "sign_in_summaries_managed_identities",
  of: "managed identities",
  report: "getSummarizedMSISignIns",
  tagged: "sign_in_summaries_mi",
});
