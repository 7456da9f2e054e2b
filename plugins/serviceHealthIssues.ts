import { definePlugin } from "../src/plugin/plugin.ts";

// The page documents the size of pages by a header, and no property for $filter; a filter on lastModifiedDateTime was
// answered with 500. posts grows with each word that Microsoft adds, so an issue leaves again then.
export default definePlugin({
  service: "service_health_issues",
  title: "Microsoft 365 service health issues",
  docs: "https://learn.microsoft.com/graph/api/serviceannouncement-list-issues",
  path: "/v1.0/admin/serviceAnnouncement/issues",
  permissions: ["ServiceHealth.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 1000, by: "prefer" },
  quota: "service-communications",
  tag: "my.app.graph.service_health",
  example: {
    startDateTime: "2026-01-31T12:00:00Z",
    endDateTime: null,
    lastModifiedDateTime: "2026-01-31T12:00:00.767Z",
    title: "Some users cannot send mail",
    impactDescription: "Users may be unable to send mail.",
    classification: "incident",
    origin: "microsoft",
    status: "investigating",
    service: "Exchange Online",
    feature: "E-Mail and calendar access",
    isResolved: false,
    posts: [{ postType: "regular", description: { contentType: "html", content: "We look into it." } }],
  },
});
