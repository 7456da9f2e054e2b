import { auditPlugin } from "./base.ts";

export default auditPlugin({
  service: "unified_audit_teams",
  part: "Teams",
  permissions: ["AuditLogsQuery.Read.All"],
  recordTypes: [
    "microsoftTeams",
    "microsoftTeamsAdmin",
    "microsoftTeamsDevice",
    "microsoftTeamsAnalytics",
    "microsoftTeamsShifts",
    "microsoftTeamsSensitivityLabelAction",
    "teamsHealthcare",
    "teamsEasyApprovals",
    "teamsUpdates",
  ],
  tag: "my.app.msgraph.audit_teams",
});
