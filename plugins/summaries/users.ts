import { summaryPlugin } from "./base.ts";

export default summaryPlugin({
  service: "sign_in_summaries",
  of: "non-interactive",
  report: "getSummarizedNonInteractiveSignIns",
  tagged: "sign_in_summaries",
  user: "luis@contoso.example",
});
