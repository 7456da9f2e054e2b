import { describe, expect, it } from "vitest";
import { visible, visibleLine } from "../../../src/telemetry/visible.ts";

describe("text that is printed", () => {
  it.each([
    ["\u001b[31mred", "\\u001b[31mred"],
    ["abc\u202edef\u2069", "abc\\u202edef\\u2069"],
    ["\u0000\r\t\u007f\u009b", "\\u0000\\u000d\\u0009\\u007f\\u009b"],
    ["a\u2028b", "a\\u2028b"],
    ["Ångström × 東京 🙂", "Ångström × 東京 🙂"],
  ])("shows %j as %j", (text, shown) => {
    expect([visible(text), visibleLine(text)]).toEqual([shown, shown]);
  });

  it("keeps its lines, or becomes one", () => {
    expect([visible("a\nb"), visibleLine("a\nb")]).toEqual(["a\nb", "a\\nb"]);
  });
});
