import { describe, expect, it } from "vitest";
import deviceEvents from "../../../../plugins/hunting/deviceEvents.ts";
import { type Instant, parseInstant } from "../../../../src/instant.ts";
import { checkPlugin } from "../../../../src/plugin/schema.ts";
import { firstRequest } from "../../../../src/tap/windows/firstRequest.ts";

const GRAPH = "https://graph.microsoft.com";
const window = {
  from: parseInstant("2026-11-22T15:00:00.25Z") as Instant,
  to: parseInstant("2026-11-22T16:00:00.1234567Z") as Instant,
};

describe("a window of a table of advanced hunting", () => {
  it("is one query in KQL, in whole seconds that hold the window", () => {
    expect(firstRequest(GRAPH, deviceEvents, window, null)).toEqual({
      url: "https://graph.microsoft.com/v1.0/security/runHuntingQuery",
      body: JSON.stringify({
        Query: "DeviceEvents\n" +
          "| where Timestamp between (datetime(2026-11-22T15:00:00Z) .. datetime(2026-11-22T16:00:01Z))\n" +
          "| limit 100000",
      }),
      array: "results",
    });
  });

  it("has the operators of its plugin behind its time, in their order", () => {
    const cursor = {
      ...deviceEvents.cursor,
      operators: ["where ActionType == 'AntivirusDetection'", "project Timestamp, DeviceName"],
    };
    const plugin = checkPlugin({ ...deviceEvents, cursor }, "mine.yaml");
    const { Query } = JSON.parse(firstRequest(GRAPH, plugin, window, null).body!) as { Query: string };
    expect(Query.split("\n| ").slice(2)).toEqual([...cursor.operators, "limit 100000"]);
  });

  it.each([
    ["a pipe before it", "| where true"],
    ["another statement behind it", "where true; DeviceInfo"],
    ["two lines", "where true\n| union *"],
    ["an operator that is not of the row", "union EmailEvents"],
  ])("takes no operator with %s", (_, operator) => {
    const cursor = { ...deviceEvents.cursor, operators: [operator] };
    expect(() => checkPlugin({ ...deviceEvents, cursor }, "mine.yaml")).toThrow(
      "mine.yaml: cursor.operators.0: expected one KQL operator",
    );
  });

  it("takes no table that is more than a name", () => {
    const cursor = { ...deviceEvents.cursor, table: "DeviceEvents | take 1" };
    expect(() => checkPlugin({ ...deviceEvents, cursor }, "mine.yaml")).toThrow(
      "expected the name of a table",
    );
  });
});
