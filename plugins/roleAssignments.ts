import { definePlugin } from "../src/plugin/plugin.ts";

// Assignments that are active now; an eligible one of Privileged Identity Management is not among them. The page allows
// $filter, $expand and $select, and names no size.
export default definePlugin({
  service: "role_assignments",
  title: "Microsoft Entra role assignments",
  docs: "https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments",
  path: "/v1.0/roleManagement/directory/roleAssignments",
  permissions: ["RoleManagement.Read.Directory"],
  cursor: { kind: "snapshot" },
  page: { size: 1000, by: "none" },
  quota: "directory",
  tag: "my.app.graph.role_assignments",
  filters: [{ operators: ["eq"], properties: ["principalId", "roleDefinitionId"] }],
  example: {
    principalId: "ace08ec9-aa11-4ada-9145-addf0398233e",
    roleDefinitionId: "62e90394-69f5-4237-9190-012177145e10",
    directoryScopeId: "/",
    resourceScope: "/",
  },
});
