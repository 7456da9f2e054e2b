import { definePlugin } from "../src/plugin/plugin.ts";

// createdDateTime and modifiedDateTime are null in Microsoft's own examples: only the content tells a change.
export default definePlugin({
  service: "conditional_access_policies",
  title: "Microsoft Entra conditional access policies",
  docs: "https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies",
  path: "/v1.0/identity/conditionalAccess/policies",
  permissions: ["Policy.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 100 },
  quota: "identity-protection",
  tag: "my.app.graph.conditional_access_policies",
  example: {
    displayName: "Require MFA – everyone",
    createdDateTime: null,
    modifiedDateTime: null,
    state: "enabled",
    sessionControls: null,
    conditions: {
      clientAppTypes: ["all"],
      applications: { includeApplications: ["All"], excludeApplications: [] },
      users: { includeUsers: ["All"], excludeUsers: [] },
    },
    grantControls: { operator: "OR", builtInControls: ["mfa"] },
  },
});
