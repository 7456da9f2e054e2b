/** The rules of alerts: each with its section of the runbook, and as Prometheus' own tool judges them. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertGroups } from "../../src/telemetry/alerts.ts";
import { rulesFile, RUNBOOK } from "../../src/telemetry/rulesFile.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import { projectFolder } from "../support/project.ts";
import { tempFolder } from "../support/tempFolder.ts";
import { ALERT_CASES, type AlertCase, HEALTHY, type Series } from "./alertCases.ts";

const promtool = findInstalled("promtool", "PROMTOOL");
if (typeof promtool === "string") console.warn(`The rules of alerts are not tried: ${promtool}`);

const groups = alertGroups({ job: "graphtap" });
const alerts = groups.flatMap((group) => group.alerts);
const names = alerts.map(({ name }) => name);

/** Runs promtool in a folder that has the rules. */
function judge(args: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  if (typeof promtool === "string") throw new Error(promtool);
  const folder = tempFolder();
  const all = { "rules.yaml": rulesFile(groups), ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  const ended = spawnSync(promtool.path, args, { cwd: folder, encoding: "utf8" });
  return ended.status === 0 ? "all well" : `${ended.stdout}${ended.stderr}`;
}

/** promtool's file for one test. */
function testFile(series: Series, tests: readonly object[], interval = 1): string {
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  return JSON.stringify({
    rule_files: ["rules.yaml"],
    evaluation_interval: `${interval}m`,
    tests: [{ interval: `${interval}m`, input_series: input, promql_expr_test: tests }],
  });
}

function broken({ series }: AlertCase): Series {
  const all = Object.entries({ ...HEALTHY, ...series });
  return Object.fromEntries(all.filter((pair): pair is [string, string] => pair[1] !== null));
}

describe("the runbook", () => {
  const text = readFileSync(join(projectFolder, "src/RUNBOOK.md"), "utf8");
  const sections = text.split(/^## /m).slice(1).map((section) => section.split("\n")[0]!.trim());

  it("has a section for each alert, in the order of the rules, and for nothing else", () => {
    expect(sections).toEqual(names);
  });

  it.each(alerts)("is where $name leads", ({ name }) => {
    const rules = parse(rulesFile(groups)) as {
      groups: { rules: { alert: string; annotations: object }[] }[];
    };
    const rule = rules.groups.flatMap((group) => group.rules).find(({ alert }) => alert === name)!;
    expect(rule.annotations).toMatchObject({ runbook_url: `${RUNBOOK}#${name.toLowerCase()}` });
  });
});

describe("what the rules are tried on", () => {
  it("has all that they ask for, also where all is well", () => {
    const seen = Object.keys(HEALTHY).map((series) => series.replace(/\{.*/, ""));
    const asked = alerts.flatMap(({ expr }) => expr.match(/\b(?:graphtap|process)_\w+/g) ?? []);
    expect([...new Set(asked)].filter((name) => !seen.includes(name))).toEqual([]);
  });

  it("has a fault that each is for", () => {
    expect([...new Set(ALERT_CASES.map(({ alert }) => alert))]).toEqual(names);
  });
});

describe.skipIf(typeof promtool === "string")("the rules of alerts", () => {
  it("are what Prometheus takes", () => {
    expect(judge(["check", "rules", "rules.yaml"])).toBe("all well");
  });

  it("are silent in an hour in which all is well", () => {
    const tests = [5, 20, 40, 60, 80].map((minute) => ({
      eval_time: `${minute}m`,
      expr: firing(".*"),
      exp_samples: [],
    }));
    expect(judge(["test", "rules", "tests.yaml"], { "tests.yaml": testFile(HEALTHY, tests) })).toBe(
      "all well",
    );
  });

  it.each(ALERT_CASES)("$alert fires when $what", (one) => {
    const { alert, silentAt, firesAt, labels, interval } = one;
    const { severity } = alerts.find(({ name }) => name === alert)!;
    const whole = { job: "graphtap", instance: "tap:9464", ...labels, alertname: alert, severity };
    const file = testFile(broken(one), [
      { eval_time: `${silentAt}m`, expr: firing(alert), exp_samples: [] },
      { eval_time: `${firesAt}m`, expr: firing(alert), exp_samples: [sampleOf(whole)] },
    ], interval);
    expect(judge(["test", "rules", "tests.yaml"], { "tests.yaml": file })).toBe("all well");
  });
});

/** Alerts that fire, as Prometheus keeps them. */
function firing(alert: string): string {
  return `ALERTS{alertstate="firing",alertname=~"${alert}"}`;
}

function sampleOf(labels: Readonly<Record<string, string | null>>): object {
  const all = Object.entries({ ...labels, alertstate: "firing" }).filter(([, value]) => value !== null);
  return { labels: `ALERTS{${all.map(([name, value]) => `${name}="${value}"`).join(",")}}`, value: 1 };
}
