import { definePlugin } from "../src/plugin/plugin.ts";

// An inventory, not a log: lastModifiedDateTime is null in practice (security-list-securescorecontrolprofiles).
export default definePlugin({
  service: "secure_score_control_profiles",
  aliases: ["secure_score_control_profile"],
  title: "Microsoft secure score control profiles",
  docs: "https://learn.microsoft.com/graph/api/security-list-securescorecontrolprofiles",
  path: "/v1.0/security/secureScoreControlProfiles",
  permissions: ["SecurityEvents.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 200 },
  quota: "scores",
  tag: "cloud.office365.security.scorecontrol.{generation}.msgraph",
  filters: [
    {
      operators: ["eq", "ne", "startswith", "contains"],
      properties: [
        "id",
        "actionType",
        "azureTenantId",
        "controlCategory",
        "implementationCost",
        "service",
        "tier",
        "title",
        "userImpact",
        "vendorInformation/provider",
      ],
    },
    { type: "boolean", operators: ["eq", "ne"], properties: ["deprecated"] },
    { type: "number", operators: ["eq", "ne", "ge", "le", "gt", "lt"], properties: ["maxScore", "rank"] },
  ],
});
