import { definePlugin } from "../src/plugin/plugin.ts";

// One record a day, at midnight, about 90 kept; whether a day is revised later is not documented,
// so a record leaves when its content is new (securescore resource page).
export default definePlugin({
  service: "secure_scores",
  aliases: ["secureScores"],
  title: "Microsoft secure scores",
  docs: "https://learn.microsoft.com/graph/api/security-list-securescores",
  path: "/v1.0/security/secureScores",
  permissions: ["SecurityEvents.Read.All"],
  cursor: { kind: "snapshot", field: "createdDateTime" },
  page: { size: 90 },
  quota: "scores",
  tag: "cloud.office365.security.scores.{generation}.msgraph",
  filters: [
    { type: "instant", operators: ["eq", "ne", "ge", "le", "gt", "lt"], properties: ["createdDateTime"] },
    {
      operators: ["eq", "ne", "startswith", "contains"],
      properties: ["id", "azureTenantId", "vendorInformation/provider", "vendorInformation/vendor"],
    },
    {
      type: "number",
      operators: ["eq", "ne", "ge", "le", "gt", "lt"],
      properties: ["activeUserCount", "currentScore", "licensedUserCount", "maxScore"],
    },
  ],
});
