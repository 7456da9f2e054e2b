import { expect, it } from "vitest";
import { parse } from "yaml";
import { rulesFile } from "../../../src/telemetry/rulesFile.ts";

it("a file of rules has each alert with its severity, its words and its section of the runbook", () => {
  const alert = {
    name: "GraphtapX",
    severity: "warning",
    expr: "x > 0",
    forSeconds: 900,
    summary: "{{ $value }}: x",
  };
  const text = rulesFile([
    {
      name: "g",
      alerts: [{ ...alert, severity: "warning" }, { ...alert, severity: "critical", forSeconds: 0 }],
    },
  ]);
  const rule = {
    alert: "GraphtapX",
    expr: "x > 0",
    annotations: {
      summary: "{{ $value }}: x",
      runbook_url: "https://github.com/graphtap/graphtap/blob/main/src/RUNBOOK.md#graphtapx",
    },
  };
  expect(parse(text)).toEqual({
    groups: [{
      name: "g",
      rules: [
        { ...rule, for: "15m", labels: { severity: "warning" } },
        { ...rule, labels: { severity: "critical" } },
      ],
    }],
  });
});
