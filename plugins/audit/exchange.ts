import { auditPlugin } from "./base.ts";

export default auditPlugin({
  service: "unified_audit_exchange",
  part: "Exchange",
  permissions: ["AuditLogsQuery-Exchange.Read.All"],
  recordTypes: [
    "exchangeAdmin",
    "exchangeItem",
    "exchangeItemGroup",
    "exchangeItemAggregated",
    "exchangeAggregatedOperation",
    "exchangeSearch",
  ],
  tag: "my.app.msgraph.audit_exchange",
});
