import { auditPlugin } from "./base.ts";

export default auditPlugin({
  service: "unified_audit",
  part: "all services",
  permissions: ["AuditLogsQuery.Read.All"],
  // Devo's own tables for these are fed by another collector in another form, so they have tables of their own.
  tag: {
    field: "service",
    tags: {
      Exchange: "my.app.msgraph.audit_exchange",
      SharePoint: "my.app.msgraph.audit_sharepoint",
      OneDrive: "my.app.msgraph.audit_sharepoint",
      MicrosoftTeams: "my.app.msgraph.audit_teams",
      SecurityComplianceCenter: "my.app.msgraph.audit_purview",
    },
    otherwise: "my.app.msgraph.audit_other",
  },
});
