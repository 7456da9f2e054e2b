/** The alerts and the dashboard, as a real Prometheus answers them from scrapes of the real program. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { alertGroups } from "../../src/telemetry/alerts.ts";
import { rulesFile } from "../../src/telemetry/rulesFile.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import { run } from "../support/program.ts";
import { freePorts, type Prometheus, prometheusProgram, startPrometheus } from "../support/prometheus.ts";
import { ask } from "../support/serving.ts";
import { BROKEN, startHealthy } from "./prometheus/broken.ts";

const promtool = findInstalled("promtool", "PROMTOOL");
const missing = [prometheusProgram, promtool].filter((found) => typeof found === "string");
if (missing.length > 0) {
  console.warn(`Alerts and dashboard are not tried on Prometheus: ${missing.join("; ")}`);
}

const LASTS_MS = 240_000;
const PATIENCE_MS = 150_000;
/** Two minutes are a second, six seconds the shortest stretch that scrapes of a second can judge, and twenty the longest. */
const pace = (seconds: number) => seconds === 0 ? 0 : Math.min(20, Math.max(6, seconds / 120));

/** The alerts that have fired, each as `instance ALERT`. */
async function fired(prometheus: Prometheus): Promise<Set<string>> {
  const found = await prometheus.query('max_over_time(ALERTS{alertstate="firing"}[10m])');
  return new Set(found.map(({ metric }) => `${metric["instance"]} ${metric["alertname"]}`));
}

/** Every query of the dashboard that `graphtap dashboard` prints, its variables chosen. */
async function panelQueries(): Promise<{ title: string; expr: string }[]> {
  const { stdout } = await run(["dashboard"]);
  const { panels } = JSON.parse(stdout.toString()) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll("$__rate_interval", "2m").replace(/\$\w+/g, ".*"),
    }))
  );
}

describe.skipIf(missing.length > 0)("a real Prometheus", () => {
  it(
    "sees each fault of the real program, and none where all is well; each panel shows something",
    async () => {
      const [own = 0, healthy = 0, ...ports] = await freePorts(2 + BROKEN.length);
      const targets = Object.fromEntries(BROKEN.map(({ instance }, at) => [instance, ports[at]!]));
      await startHealthy(healthy);
      const rules = rulesFile(alertGroups({ job: "graphtap", pace }));
      const prometheus = await startPrometheus(own, { healthy, ...targets }, rules);
      await Promise.all(BROKEN.map(({ instance, start }) => start(targets[instance]!)));

      const wanted = BROKEN.flatMap(({ instance, alerts }) => alerts.map((alert) => `${instance} ${alert}`));
      expect([...new Set(BROKEN.flatMap(({ alerts }) => alerts))].sort()).toEqual(
        alertGroups({ job: "graphtap" }).flatMap(({ alerts }) => alerts).map(({ name }) => name).sort(),
      );
      const until = Date.now() + PATIENCE_MS;
      let seen = new Set<string>();
      while (Date.now() < until && !wanted.every((alert) => seen.has(alert))) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        seen = await fired(prometheus);
      }
      expect(wanted.filter((alert) => !seen.has(alert))).toEqual([]);
      expect([...seen].filter((alert) => alert.startsWith("healthy "))).toEqual([]);
      const words = (await prometheus.alerts()).map(({ annotations }) => annotations["summary"]!);
      expect(words.filter((text) => /error|no value|\{\{/.test(text))).toEqual([]);

      const empty: string[] = [];
      for (const { title, expr } of await panelQueries()) {
        if ((await prometheus.query(expr)).length === 0) empty.push(`${title}: ${expr}`);
      }
      expect(empty).toEqual([]);
    },
    LASTS_MS,
  );

  it("finds nothing to say against the metrics", async () => {
    if (typeof promtool === "string") throw new Error(promtool);
    const [port = 0] = await freePorts(1);
    await startHealthy(port);
    const { body } = await ask(`http://127.0.0.1:${port}/metrics`);
    const { status, stdout, stderr } = spawnSync(promtool.path, ["check", "metrics"], {
      input: body,
      encoding: "utf8",
    });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
  });
});
