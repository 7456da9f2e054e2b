import { definePlugin } from "../src/plugin/plugin.ts";

// Two kinds of record, told by @odata.type: ranges of addresses, and countries.
export default definePlugin({
  service: "named_locations",
  title: "Microsoft Entra named locations",
  docs: "https://learn.microsoft.com/graph/api/conditionalaccessroot-list-namedlocations",
  path: "/v1.0/identity/conditionalAccess/namedLocations",
  permissions: ["Policy.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 100 },
  quota: "identity-protection",
  tag: "my.app.graph.named_locations",
  filters: [{ type: "instant", operators: ["ge", "le"], properties: ["createdDateTime"] }],
  example: {
    "@odata.type": "#microsoft.graph.ipNamedLocation",
    displayName: "Siège",
    createdDateTime: "2026-01-31T12:00:00Z",
    modifiedDateTime: "2026-01-31T12:00:00Z",
    isTrusted: true,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }],
  },
});
