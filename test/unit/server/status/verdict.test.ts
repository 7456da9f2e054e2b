import { describe, expect, it } from "vitest";
import { type Signs, type Verdict, verdictOf, worse } from "../../../../src/server/status/verdict.ts";

/** A stream that is polled every five minutes, and was read to its end a minute ago. */
const WELL: Signs = {
  fails: false,
  sinceSuccess: 60,
  gaps: 0,
  lost: 0,
  lag: 60,
  hasBegun: true,
  uptime: 86_400,
  period: 300,
  polls: true,
};
const FRESH = { sinceSuccess: null, lag: null, hasBegun: false, uptime: 5 };

describe("a stream", () => {
  it.each<[string, Partial<Signs>, Verdict]>([
    ["that was read a minute ago", {}, "healthy"],
    ["that failed once, after a good poll", { fails: true }, "healthy"],
    ["that failed for two periods", { fails: true, sinceSuccess: 600 }, "healthy"],
    ["that failed for more than two periods", { fails: true, sinceSuccess: 601 }, "failing"],
    ["that fails and never worked", { ...FRESH, fails: true }, "failing"],
    ["that fails and has a gap", { fails: true, sinceSuccess: 601, gaps: 1 }, "failing"],
    ["that has a gap", { gaps: 1 }, "gap"],
    ["that has a gap and is far behind", { gaps: 1, lag: 86_400 }, "gap"],
    ["that has a gap from before, and was not read yet", { ...FRESH, gaps: 1 }, "gap"],
    ["behind by what three periods and a poll explain", { lag: 960 }, "healthy"],
    ["behind by more than that", { lag: 961 }, "late"],
    ["that has lost a range", { lost: 1 }, "lost"],
    ["that has lost a range, and was not read yet", { ...FRESH, lost: 1 }, "lost"],
    ["that has lost a range and is behind", { lost: 1, lag: 961 }, "late"],
    ["that has lost a range and has another that is tried again", { lost: 1, gaps: 1 }, "gap"],
    ["that is not read yet, just after the start", FRESH, "waiting"],
    ["that is not read yet, long after the start", { ...FRESH, uptime: 961 }, "late"],
    ["behind by days, whose first poll is under way", { ...FRESH, lag: 86_400 }, "waiting"],
    ["that clients pull, and none has", { ...FRESH, polls: false, uptime: 86_400 }, "waiting"],
    [
      "that clients pull, the last time long ago",
      { polls: false, sinceSuccess: 86_400, lag: 86_400 },
      "healthy",
    ],
    ["that clients pull, and whose only pull failed", { ...FRESH, polls: false, fails: true }, "failing"],
  ])("%s", (_, signs, verdict) => {
    expect(verdictOf({ ...WELL, ...signs })).toBe(verdict);
  });
});

describe("of two verdicts", () => {
  it("the worse counts for both", () => {
    expect(worse("gap", "late")).toBe("gap");
    expect(worse("healthy", "failing")).toBe("failing");
    expect(worse("waiting", "waiting")).toBe("waiting");
  });
});
