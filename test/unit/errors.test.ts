import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asGraphtapError, codesOf, errorKinds, errorLine, GraphtapError } from "../../src/errors.ts";

describe("errors", () => {
  it("are all in the map of the program, as the table says", () => {
    const map = readFileSync(new URL("../../src/README.md", import.meta.url), "utf8");
    const rows = Object.entries(errorKinds).map(([code, { recovery, exitCode, collector }]) =>
      `| \`${code}\` | ${recovery} | ${exitCode} | ${collector ? collector.join(" ") : ""} |`
    );
    expect(map).toContain(rows.join("\n"));
  });

  it("begin with our code, then the old collector's name, so that its runbooks find the line", () => {
    expect(errorLine(new GraphtapError("graph-throttled", "Graph answered 429"))).toBe(
      "graph-throttled (ApiError 429): Graph answered 429",
    );
    expect(errorLine(new GraphtapError("usage", "no such option"))).toBe("usage: no such option");
  });

  it("show both names beside a line of the log, too", () => {
    expect(codesOf(new GraphtapError("graph-throttled", "Graph answered 429"))).toEqual({
      code: "graph-throttled",
      collector: "ApiError 429",
    });
    expect(codesOf(new GraphtapError("page-invalid", "no value"))).toEqual({ code: "page-invalid" });
    const refused = new GraphtapError("page-invalid", "no value", { requestId: "66ea" });
    expect(codesOf(refused)).toEqual({ code: "page-invalid", request_id: "66ea" });
  });

  it("that nobody foresaw are bugs, and keep what broke", () => {
    const cause = new TypeError("undefined is not a function");
    expect(asGraphtapError(cause)).toMatchObject({ code: "bug", cause, kind: { exitCode: 70 } });
  });
});
