import { definePlugin } from "../src/plugin/plugin.ts";

// As for issues. viewPoint is of a signed-in user, and null for an application.
export default definePlugin({
  service: "service_messages",
  title: "Microsoft 365 message center",
  docs: "https://learn.microsoft.com/graph/api/serviceannouncement-list-messages",
  path: "/v1.0/admin/serviceAnnouncement/messages",
  permissions: ["ServiceMessage.Read.All"],
  cursor: { kind: "snapshot" },
  page: { size: 1000, by: "prefer" },
  quota: "service-communications",
  tag: "my.app.graph.service_messages",
  example: {
    startDateTime: "2026-01-31T12:00:00Z",
    endDateTime: "2026-01-31T12:00:00Z",
    lastModifiedDateTime: "2026-01-31T12:00:00.843Z",
    title: "A new way to open files",
    category: "stayInformed",
    severity: "normal",
    tags: ["New feature"],
    isMajorChange: false,
    services: ["SharePoint Online"],
    body: { contentType: "html", content: "We begin in March." },
    viewPoint: null,
  },
});
