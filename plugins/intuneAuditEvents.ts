import { definePlugin } from "../src/plugin/plugin.ts";

// The page names no query options; the filter is in use by others. @odata.count is 1000 whatever comes, and a page of a few
// records has a link all the same, which is empty or never answered (reported by users). Times may have an offset.
export default definePlugin({
  service: "intune_audit_events",
  title: "Microsoft Intune audit events",
  docs: "https://learn.microsoft.com/graph/api/intune-auditing-auditevent-list",
  path: "/v1.0/deviceManagement/auditEvents",
  permissions: ["DeviceManagementApps.Read.All"],
  licence: "Microsoft Intune",
  cursor: { kind: "event-time", field: "activityDateTime", from: "ge", to: "le", retentionDays: 365 },
  page: { size: 100, deadLinks: true },
  quota: "intune",
  tag: "my.app.graph.intune_audit",
  filters: [
    { type: "instant", operators: ["ge", "le", "gt", "lt"], properties: ["activityDateTime"] },
    { operators: ["eq", "ne"], properties: ["activityOperationType", "category", "componentName"] },
  ],
  example: {
    displayName: "Patch DeviceConfiguration",
    componentName: "DeviceConfiguration",
    actor: {
      auditActorType: "ItPro",
      userPrincipalName: "admin@contoso.example",
      userPermissions: ["*"],
      ipAddress: null,
    },
    activity: "patch DeviceConfiguration",
    activityType: "Patch DeviceConfiguration",
    activityOperationType: "Patch",
    activityResult: "Success",
    correlationId: "52effe71-fe71-52ef-71fe-ef5271feef52",
    resources: [{ displayName: "Laptops", auditResourceType: "DeviceConfiguration", modifiedProperties: [] }],
    category: "DeviceConfiguration",
  },
});
