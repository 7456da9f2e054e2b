import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../../src/cli/checkReport.ts";
import { sarifOf } from "../../../src/cli/sarif.ts";

const PROBLEM: CheckReport["problems"][number] = {
  file: "config/my file.yaml",
  line: 7,
  column: 46,
  key: "inputs.contoso",
  severity: "error",
  code: "config-invalid",
  message: "is missing",
  collector: "InputConfigurationError 3",
};
const sarif = (...problems: CheckReport["problems"]) =>
  sarifOf({ valid: false, problems, streams: [], shard: null }) as {
    runs: [{ results: object[]; tool: { driver: { rules: object[] } } }];
  };

describe("a check as SARIF", () => {
  it("has each problem with its rule, level, words and place", () => {
    const { runs: [run] } = sarif(PROBLEM);
    expect(run.results).toEqual([{
      ruleId: "config-invalid",
      level: "error",
      message: { text: "inputs.contoso: is missing" },
      locations: [{
        physicalLocation: {
          artifactLocation: { uri: "config/my%20file.yaml" },
          region: { startLine: 7, startColumn: 46 },
        },
      }],
      properties: { key: "inputs.contoso", collector: "InputConfigurationError 3" },
    }]);
    expect(run.tool.driver.rules).toEqual([{ id: "config-invalid" }]);
  });

  it("has warnings as a rule of their own, and problems without a place", () => {
    const warning = { ...PROBLEM, severity: "warning", code: null, file: "/etc/graphtap.yaml" } as const;
    const { runs: [{ results, tool: { driver } }] } = sarif(
      warning,
      { ...PROBLEM, file: "-", line: null, column: null, key: "" },
      { ...PROBLEM, file: "", line: null, column: null },
    );
    expect(driver.rules).toEqual([{ id: "config-invalid" }, { id: "config-warning" }]);
    expect(results).toMatchObject([
      {
        ruleId: "config-warning",
        level: "warning",
        locations: [{ physicalLocation: { artifactLocation: { uri: "file:///etc/graphtap.yaml" } } }],
      },
      {
        message: { text: "is missing" },
        locations: [{ physicalLocation: { artifactLocation: { uri: "stdin" } } }],
      },
      { locations: [] },
    ]);
  });
});
