import { definePlugin } from "../src/plugin/plugin.ts";

// For the credentials that expire: passwordCredentials and keyCredentials have their ends; the public key comes only where
// it is asked for. A list costs two units of the directory's budget.
export default definePlugin({
  service: "applications",
  title: "Microsoft Entra applications and the ends of their credentials",
  docs: "https://learn.microsoft.com/graph/api/application-list",
  path: "/v1.0/applications",
  permissions: ["Application.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 999 },
  quota: "directory",
  tag: "my.app.graph.applications",
  filters: [{ operators: ["eq"], properties: ["appId", "displayName"] }],
  example: {
    deletedDateTime: null,
    appId: "0f7a3c52-90ab-4d6e-8c21-5b0e7a94d210",
    displayName: "HR-Onboarding",
    createdDateTime: "2026-01-31T12:00:00Z",
    signInAudience: "AzureADMyOrg",
    keyCredentials: [],
    passwordCredentials: [{
      displayName: "by the pipeline",
      endDateTime: "2027-01-31T12:00:00Z",
      hint: "a8Q",
      keyId: "5d0b1c55-7f3a-4a0e-8f57-2f6c1e6f2b12",
      startDateTime: "2026-01-31T12:00:00Z",
    }],
  },
});
