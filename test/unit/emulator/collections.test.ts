import { describe, expect, it } from "vitest";
import { plugins } from "../../../plugins/index.ts";
import { createCollections } from "../../../src/emulator/collections.ts";
import { definePlugin, type Plugin } from "../../../src/plugin/plugin.ts";
import { inventedPlugins } from "../../support/inventedPlugins.ts";

const known = (name: string) => createCollections(plugins).named(name);

describe("a collection", () => {
  it.each([
    ["signIns", "/v1.0/auditLogs/signIns"],
    ["signIns_v2", "/beta/auditLogs/signIns"],
    ["signIns_beta", "/beta/auditLogs/signIns"],
    ["directory_audits", "/v1.0/auditLogs/directoryAudits"],
    ["directoryAudits", "/v1.0/auditLogs/directoryAudits"],
    ["/v1.0/security/alerts", "/v1.0/security/alerts"],
  ])("is meant by %s", (name, path) => {
    expect(known(name).path).toBe(path);
  });

  it("that there is not is named, with those that there are", () => {
    expect(() => known("users")).toThrow(/^Cannot find collection "users": the emulator has signIns, /);
    expect(() => createCollections([]).named("users")).toThrow(/the emulator has none$/);
  });

  it("is found at its path, whatever the case of its last part", () => {
    const { at } = createCollections(plugins);
    expect(at("/v1.0/auditLogs/directoryaudits")?.name).toBe("directoryAudits");
    expect(at("/v1.0/AuditLogs/directoryAudits")).toBeUndefined();
    expect(at("/beta/auditLogs/provisioning")).toBeUndefined();
  });

  it("goes by its whole path where another has the same last part", () => {
    const [first] = inventedPlugins;
    const second: Plugin = { ...first!, service: "other", path: "/v1.0/elsewhere/doorLogs" };
    const { all, named } = createCollections([first!, second]);
    expect(all.map(({ name }) => name)).toEqual(["doorLogs", "/v1.0/elsewhere/doorLogs"]);
    expect(named("other").path).toBe(second.path);
    expect(named("doorLogs").path).toBe(first!.path);
  });

  it("is one for all plugins of a path", () => {
    const [first] = inventedPlugins;
    const { all, named } = createCollections([first!, { ...first!, service: "again" }]);
    expect(all).toHaveLength(1);
    expect(named("again")).toBe(named("door_logs"));
  });
});

describe("a collection of which nothing is known but its plugin", () => {
  const plugin = definePlugin({
    service: "parcels",
    title: "Parcels",
    docs: "https://learn.microsoft.com/graph/api/parcel-list",
    path: "/v1.0/post/parcels",
    permissions: ["Parcel.Read.All", "Directory.Read.All"],
    licence: "a post office",
    cursor: { kind: "event-time", field: "sentDateTime", from: "gt", to: "lt", retentionDays: 7 },
    page: { size: 60, orderBy: "sentDateTime" },
    quota: "identity-protection",
    tag: "my.app.graph.parcels",
  });

  it("is as strict as that allows", () => {
    expect(createCollections([plugin]).named("parcels")).toMatchObject({
      permissions: ["Parcel.Read.All"],
      licensed: true,
      quotas: ["identity-protection"],
      properties: { sentDateTime: { type: "instant", operators: ["gt", "lt"] } },
      sortable: ["sentDateTime"],
      order: { by: "sentDateTime", descending: true },
      page: { size: 60, max: 60, over: "refuse" },
      maxSkip: null,
      count: false,
      select: false,
    });
  });
});
