import { definePlugin } from "../src/plugin/plugin.ts";

// Only roles that were activated, and no query options at all: a $top is refused. Who holds them is in role_assignments.
export default definePlugin({
  service: "directory_roles",
  title: "Microsoft Entra directory roles",
  docs: "https://learn.microsoft.com/graph/api/directoryrole-list",
  path: "/v1.0/directoryRoles",
  permissions: ["RoleManagement.Read.Directory"],
  cursor: { kind: "snapshot" },
  page: { size: 1000, by: "none" },
  quota: "directory",
  tag: "my.app.graph.directory_roles",
  example: {
    deletedDateTime: null,
    displayName: "Security Reader",
    description: "Can read security information and reports.",
    roleTemplateId: "5d6b6bb7-de71-4623-b4af-96380a352509",
  },
});
