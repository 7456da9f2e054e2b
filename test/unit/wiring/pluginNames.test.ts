import { describe, expect, it } from "vitest";
import { checkNames } from "../../../src/wiring/pluginNames.ts";
import { inventedPlugins } from "../../support/inventedPlugins.ts";

const [logs, alarms] = inventedPlugins;

describe("the names of users' services", () => {
  it("are free where nobody else has them", () => {
    expect(() => checkNames(inventedPlugins.map((plugin) => ({ path: plugin.service, plugin })))).not
      .toThrow();
  });

  it.each([
    ["a service of ours", [{ path: "./a.yaml", plugin: { ...alarms!, service: "alerts" } }], [
      '"alerts" is a service, or another name of one, in "./a.yaml" and in graphtap itself',
    ]],
    ["an older name and a variant in two files", [
      { path: "./a.yaml", plugin: logs! },
      { path: "./b.ts", plugin: { ...alarms!, aliases: ["door_log", "door_logs_north"] } },
    ], [
      '"door_log" is a service, or another name of one, in "./b.ts" and in "./a.yaml"',
      '"door_logs_north" is a service, or another name of one, in "./b.ts" and in "./a.yaml"',
    ]],
    ["the same file twice", [{ path: "./a.yaml", plugin: alarms! }, { path: "./a.yaml", plugin: alarms! }], [
      '"door_alarms" is a service, or another name of one, in "./a.yaml" and in "./a.yaml"',
    ]],
  ])("are refused for %s, with every clash and its files", (_, files, clashes) => {
    expect(() => checkNames(files)).toThrow(expect.objectContaining({
      code: "plugin-invalid",
      message: ["Cannot load plugins: a name must stand for one service", ...clashes].join("\n"),
    }));
  });
});
