import { auditPlugin } from "./base.ts";

export default auditPlugin({
  service: "unified_audit_sharepoint",
  part: "SharePoint and OneDrive",
  permissions: ["AuditLogsQuery-SharePoint.Read.All", "AuditLogsQuery-OneDrive.Read.All"],
  recordTypes: [
    "sharePoint",
    "sharePointFileOperation",
    "oneDrive",
    "sharePointSharingOperation",
    "sharePointListOperation",
    "sharePointListItemOperation",
    "sharePointCommentOperation",
    "sharePointContentTypeOperation",
    "sharePointFieldOperation",
    "sharePointAppPermissionOperation",
    "sharePointSearch",
  ],
  tag: "my.app.msgraph.audit_sharepoint",
});
