import { describe, expect, it } from "vitest";
import { cutText, filtered, filterOf, shownName } from "../../../../src/server/status/filter.ts";
import type { StreamStatus } from "../../../../src/server/status/schema.ts";

const LONG = "n".repeat(200);
const streams = [["contoso", "signIns", "healthy"], ["fabrikam", "alerts_v2", "failing"], [
  LONG,
  "signIns",
  "gap",
]]
  .map(([input, service, verdict]) => ({ input, service, verdict }) as StreamStatus);

describe("a filter", () => {
  it.each([
    ["", 3],
    ["q=", 3],
    ["q=+SIGNINS+", 2],
    ["q=o%2Fsign", 1],
    ["state=failing", 1],
    ["state=nonsense", 3],
    ["input=fabrikam", 1],
    ["input=fabri", 0],
    [`input=${LONG}`, 1],
    [`input=${encodeURIComponent(shownName(LONG))}`, 1],
    ["q=sign&state=gap", 1],
    ["other=1", 3],
  ])("of %j lets through %i", (query, count) => {
    expect(filtered(streams, filterOf(new URLSearchParams(query)))).toHaveLength(count);
  });
});

describe("a name that is shown", () => {
  it("obeys nothing and ends", () => {
    expect(shownName("a\u202eb\nc")).toBe("a\\u202eb\\nc");
    expect(shownName("x".repeat(61))).toBe(`${"x".repeat(60)}…`);
  });

  it("is not cut within a character", () => {
    expect(cutText("\u{1f600}".repeat(10), 3)).toBe(`${"\u{1f600}".repeat(3)}…`);
    expect(cutText("\u{1f600}".repeat(3), 3)).toBe("\u{1f600}".repeat(3));
  });
});
