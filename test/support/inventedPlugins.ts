import { definePlugin, type Plugin } from "../../src/plugin/plugin.ts";

/**
 * Services that are not there, one of each kind of cursor and with what a plugin can have, as somebody would write them
 * by the guide in plugins/README.md.
 */
export const inventedPlugins: readonly Plugin[] = [
  definePlugin({
    service: "door_logs",
    aliases: ["door_log"],
    title: "Doors that were opened",
    docs: "https://learn.microsoft.com/graph/api/doorlog-list",
    path: "/v1.0/buildings/doorLogs",
    permissions: ["DoorLog.Read.All", "Directory.Read.All"],
    cursor: { kind: "event-time", field: "openedDateTime", from: "gt", to: "lt", retentionDays: 7 },
    filter: "wings/any(w: w eq 'north' or w eq 'south') and level ge 1",
    variants: [{
      name: "door_logs_north",
      title: "Doors in the north",
      filter: "wings/any(w: w eq 'north')",
      tag: "my.app.graph.doors_north.{generation}",
    }],
    page: { size: 60, orderBy: "openedDateTime" },
    quota: "reports",
    tag: {
      field: "wings",
      tags: {
        north: "my.app.graph.doors_north.{generation}",
        south: "my.app.graph.doors_south.{generation}",
      },
      otherwise: "my.app.graph.doors.{generation}",
    },
    filters: [
      { type: "strings", operators: ["eq"], properties: ["wings"] },
      { type: "number", operators: ["eq", "ge"], properties: ["level"] },
      { type: "boolean", operators: ["eq"], properties: ["wasForced"] },
      { operators: ["eq", "startswith"], properties: ["name"], within: "visitors" },
    ],
  }),
  definePlugin({
    service: "door_alarms",
    title: "Alarms of doors",
    docs: "https://learn.microsoft.com/graph/api/dooralarm-list",
    path: "/beta/buildings/doorAlarms",
    permissions: ["DoorAlarm.Read.All"],
    licence: "a building",
    cursor: { kind: "update-time", field: "lastUpdatedDateTime", from: "ge", to: "le", retentionDays: 90 },
    page: { size: 500 },
    quota: "identity-protection",
    tag: {
      field: "source/vendor",
      ignoreCase: true,
      tags: { Contoso: "my.app.graph.alarms_contoso.{generation}" },
      otherwise: "my.app.graph.alarms.{generation}",
    },
  }),
  definePlugin({
    service: "doors",
    title: "Doors that there are",
    docs: "https://learn.microsoft.com/graph/api/door-list",
    path: "/v1.0/buildings/doors",
    permissions: ["Door.Read.All"],
    cursor: { kind: "snapshot" },
    page: { size: 50 },
    quota: "global",
    tag: "my.app.graph.door_list.{generation}",
  }),
  definePlugin({
    service: "door_counts",
    title: "Doors of each day",
    docs: "https://learn.microsoft.com/graph/api/doorcount-list",
    path: "/v1.0/buildings/doorCounts",
    permissions: ["Door.Read.All"],
    cursor: { kind: "snapshot", field: "countedDateTime" },
    page: { size: 30 },
    quota: "scores",
    tag: "my.app.graph.door_counts.{generation}",
  }),
];
