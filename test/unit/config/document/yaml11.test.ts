import { describe, expect, it } from "vitest";
import { textByYaml11 } from "../../../../src/config/document/yaml11.ts";

describe("a plain scalar, as the old collector had it as a text", () => {
  // Each is what PyYAML 6 and Python's str make of it.
  it.each([
    ["10001", "10001"],
    ["0123", "83"],
    ["1_000", "1000"],
    ["0089", "0089"],
    ["08", "08"],
    ["12e3", "12e3"],
    ["12e+3", "12e+3"],
    ["1.e+3", "1000.0"],
    ["1:30", "90"],
    ["190:20:30", "685230"],
    ["0x1F", "31"],
    ["0b11", "3"],
    ["0o17", "0o17"],
    ["012_3", "83"],
    ["+12", "12"],
    ["-012", "-10"],
    ["-0", "0"],
    ["00", "0"],
    ["1__0", "10"],
    ["_1", "_1"],
    ["1.50", "1.5"],
    ["12.0", "12.0"],
    ["12.", "12.0"],
    [".5", "0.5"],
    ["1_0.5", "10.5"],
    ["yes", "True"],
    ["On", "True"],
    ["oN", "oN"],
    ["NO", "False"],
    ["y", "y"],
    ["123456789012345678", "123456789012345678"],
    ["2026-01-01", "2026-01-01"],
    ["contoso", "contoso"],
    ["~", null],
    ["null", null],
  ])("%s is %j", (scalar, text) => {
    expect(textByYaml11(scalar)).toBe(text);
  });
});
