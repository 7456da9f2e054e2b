import { describe, expect, it } from "vitest";
import { plugins } from "../../../../plugins/index.ts";
import { type Instant, parseInstant } from "../../../../src/instant.ts";
import { firstPageUrl } from "../../../../src/tap/windows/query.ts";

const GRAPH = "https://graph.microsoft.com";
const from = parseInstant("2026-11-22T15:00:00.25Z") as Instant;
const to = parseInstant("2026-11-22T16:00:00.1234567Z") as Instant;
const filterOf = (
  service: string,
  range: { from: Instant | null; to: Instant | null },
  additional: string | null = null,
) => {
  const plugin = plugins.find((candidate) => candidate.service === service)!;
  return new URL(firstPageUrl(GRAPH, plugin, range, additional)).searchParams.get("$filter");
};

describe("the first page of a window", () => {
  it.each([
    ["signIns", "createdDateTime ge 2026-11-22T15:00:00Z and createdDateTime le 2026-11-22T16:00:01Z"],
    [
      "directory_audits",
      "activityDateTime ge 2026-11-22T15:00:00Z and activityDateTime le 2026-11-22T16:00:01Z",
    ],
    // Its operators exclude their bound, so the bounds move out by a second.
    [
      "provisioning_audits",
      "activityDateTime gt 2026-11-22T14:59:59Z and activityDateTime lt 2026-11-22T16:00:02Z",
    ],
    [
      "alerts_v2",
      "lastUpdateDateTime ge 2026-11-22T15:00:00Z and lastUpdateDateTime le 2026-11-22T16:00:01Z",
    ],
  ])("of %s is asked for in whole seconds that hold the window", (service, filter) => {
    expect(filterOf(service, { from, to })).toBe(filter);
  });

  it("asks signIns_v2 for the interactive event type and all others", () => {
    const filter = filterOf("signIns_v2", { from, to });
    expect(filter).toContain("t eq 'interactiveUser'");
    expect(filter).toContain("t ne 'interactiveUser'");
  });

  it("has no filter for a snapshot, or the configured start alone", () => {
    expect(filterOf("secure_score_control_profiles", { from: null, to: null })).toBeNull();
    expect(filterOf("secure_scores", { from, to: null })).toBe("createdDateTime ge 2026-11-22T15:00:00Z");
  });

  it("joins the user's own clause with and, in parentheses of its own", () => {
    const filter = filterOf("signIns", { from, to }, "status/errorCode ne 0 or isInteractive eq true");
    expect(filter).toMatch(/ and \(status\/errorCode ne 0 or isInteractive eq true\)$/);
  });

  it("survives characters that mean something in a URL", () => {
    expect(filterOf("signIns", { from, to }, "userPrincipalName eq 'a+b&c=d#e%20é'")).toContain(
      "(userPrincipalName eq 'a+b&c=d#e%20é')",
    );
  });

  it("asks for the largest page, and for an order only where Graph documents one", () => {
    const of = (service: string) =>
      new URL(firstPageUrl(GRAPH, plugins.find((p) => p.service === service)!, { from, to }, null));
    expect(of("signIns").searchParams.get("$top")).toBe("1000");
    expect(of("signIns").searchParams.get("$orderby")).toBeNull();
    expect(of("directory_audits").searchParams.get("$orderby")).toBe("activityDateTime asc");
  });

  it.each(["prefer", "none"] as const)("names no size in its address where Graph takes it by %s", (by) => {
    const plugin = plugins.find(({ service }) => service === "secure_score_control_profiles")!;
    const url = firstPageUrl(GRAPH, { ...plugin, page: { size: 7, by } }, { from: null, to: null }, null);
    expect(url).toBe(`${GRAPH}/v1.0/security/secureScoreControlProfiles`);
  });
});
