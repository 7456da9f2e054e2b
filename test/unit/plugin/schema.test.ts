import { describe, expect, it } from "vitest";
import { plugins } from "../../../plugins/index.ts";
import { checkPlugin } from "../../../src/plugin/schema.ts";
import { tagRemark, tagTemplateRemark } from "../../../src/plugin/tagRule.ts";

const good = {
  service: "risk_detections",
  title: "Risk detections",
  docs: "https://learn.microsoft.com/graph/api/riskdetection-list",
  path: "/v1.0/identityProtection/riskDetections",
  permissions: ["IdentityRiskEvent.Read.All"],
  cursor: { kind: "update-time", field: "lastUpdatedDateTime", from: "ge", to: "le", retentionDays: 90 },
  page: { size: 500 },
  quota: "identity-protection",
  tag: "my.app.graph.risk.{generation}",
};

function problemsOf(change: Record<string, unknown>): string[] {
  try {
    checkPlugin({ ...good, ...change }, "risk.yaml");
    return [];
  } catch (error) {
    const [, ...lines] = (error as Error).message.split("\n");
    return lines.map((line) => line.replace(/^risk\.yaml: /, ""));
  }
}

describe("a plugin", () => {
  it.each(plugins.map((plugin) => [plugin.service, plugin] as const))(
    "%s of ours is right as it stands",
    (_, plugin) => {
      expect(checkPlugin(plugin, "plugins/")).toEqual(plugin);
    },
  );

  it("is right with everything that may be left out", () => {
    expect(problemsOf({
      aliases: ["risks"],
      variants: [{ name: "risks_high", title: "High", filter: "riskLevel eq 'high'" }],
      licence: "P2",
      filter: "a eq 1",
      page: { size: 1, by: "prefer", orderBy: "lastUpdatedDateTime", deadLinks: true },
      cursor: { kind: "snapshot", ignore: ["reportedDateTime"] },
      path: "/beta/auditLogs/getSummary(window='d1')",
      example: { title: "A risk", inner: { list: [1, null, true] } },
      tag: { field: "a/b", ignoreCase: true, tags: { x: "my.app.x.y" }, otherwise: "my.app.x.z" },
      notice: "Note this",
      filters: [
        { operators: ["eq", "startswith"], properties: ["riskLevel", "location/city"] },
        { type: "strings", operators: ["eq"], properties: ["riskTypes"] },
        { operators: ["contains"], properties: ["displayName"], within: "resources" },
      ],
    })).toEqual([]);
  });

  it("takes the old name of rereadAfterSeconds for the same, unless both are given", () => {
    const { cursor } = checkPlugin(
      { ...good, cursor: { ...good.cursor, sweepAfterSeconds: [900] } },
      "risk.yaml",
    );
    expect(cursor).toEqual({ ...good.cursor, rereadAfterSeconds: [900] });
    expect(problemsOf({ cursor: { ...good.cursor, sweepAfterSeconds: [900], rereadAfterSeconds: [900] } }))
      .toEqual([
        "cursor.sweepAfterSeconds: is the old name of rereadAfterSeconds, which is given, too; keep rereadAfterSeconds",
      ]);
    expect(problemsOf({ cursor: { ...good.cursor, sweepAfterSeconds: [900, 300] } })).toEqual([
      "cursor.sweepAfterSeconds: expected ages that grow from each to the next",
    ]);
  });

  it.each([
    ["an unknown key", { retention: 5 }, /^the plugin: .*"retention"/],
    ["a service name with a hyphen", { service: "risk-detections" }, /^service: expected a letter/],
    ["a path without version", { path: "/identityProtection" }, /^path: expected a path that begins/],
    ["a path of another version", { path: "/v2.0/a" }, /^path: expected/],
    ["a path with a query", { path: "/v1.0/a?$top=5" }, /^path: expected/],
    ["a path that climbs", { path: "/v1.0/../a" }, /^path: expected/],
    ["an address instead of a path", { path: "https://evil.test/v1.0/a" }, /^path: expected/],
    ["no permission", { permissions: [] }, /^permissions: /],
    ["an unknown quota", { quota: "reprots" }, /^quota: /],
    ["an empty page", { page: { size: 0 } }, /^page\.size: /],
    ["another way to ask for a size", { page: { size: 1, by: "limit" } }, /^page\.by: /],
    ["an example that is no object", { example: [1] }, /^example: /],
    ["a page of text", { page: { size: "500" } }, /^page\.size: /],
    ["an unknown cursor", { cursor: { kind: "delta" } }, /^cursor\.kind: /],
    ["a cursor without field", { cursor: { ...good.cursor, field: undefined } }, /^cursor\.field: /],
    ["an unknown operator", { cursor: { ...good.cursor, from: "le" } }, /^cursor\.from: /],
    ["a tag with a space", { tag: "my app.a.b.c" }, /^tag: expected a tag without white space/],
    ["a tag with another brace", { tag: "my.app.{tenant}.b" }, /^tag: expected no braces/],
    [
      "a wrong tag in a table",
      { tag: { field: "a", tags: { x: "a..b" }, otherwise: "my.app.x.z" } },
      /^tag\.tags\.x: expected/,
    ],
    ["a filter of two lines", { filter: "a\nb" }, /^filter: expected a text of one line/],
    ["an unknown operator of a filter", {
      filters: [{ operators: ["has"], properties: ["a"] }],
    }, /^filters\.0\.operators\.0: /],
    ["an unknown type in a filter", {
      filters: [{ type: "date", operators: ["eq"], properties: ["a"] }],
    }, /^filters\.0\.type: /],
    ["a filter without properties", {
      filters: [{ operators: ["eq"], properties: [] }],
    }, /^filters\.0\.properties: /],
    [
      "a page about it that is no address",
      { docs: "learn.microsoft.com" },
      /^docs: expected an https address/,
    ],
  ])("is refused for %s", (_, change, expected) => {
    const problems = problemsOf(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it("is refused with all its problems at once, and the file", () => {
    expect(() => checkPlugin({ service: "x y", extra: 1 }, "risk.yaml")).toThrow(
      expect.objectContaining({
        code: "plugin-invalid",
        message: expect.stringMatching(/^Cannot use plugin risk\.yaml: 10 problems\n/),
      }),
    );
    expect(() => checkPlugin(null, "risk.yaml")).toThrow(/1 problem\nrisk\.yaml: the plugin: /);
  });
});

describe("a tag", () => {
  it.each([
    ["cloud.azure.ad.signin.2.msgraph", null],
    ["a.b.c", "warning"],
    ["My.app.a-b.c", "warning"],
    ["a.b.c.d:e", "error"],
    ["a.b.c.d\u0000", "error"],
    ["a.b.c.", "error"],
    ["", "error"],
    [`a.b.c.${"d".repeat(1019)}`, "error"],
  ])("%j is judged %s", (tag, severity) => {
    expect(tagRemark(tag)?.severity ?? null).toBe(severity);
  });

  it("of ours has the strict form", () => {
    const tags = plugins.flatMap(({ tag }) =>
      typeof tag === "string" ? [tag] : [...Object.values(tag.tags), tag.otherwise]
    );
    expect(tags.filter((tag) => tagTemplateRemark(tag) !== null)).toEqual([]);
  });
});
