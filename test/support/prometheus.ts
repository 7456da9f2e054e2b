/** A Prometheus that scrapes programs on loopback once a second. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { findInstalled } from "./forwarderInstalled.ts";
import { startCommand } from "./program.ts";
import { tempFolder } from "./tempFolder.ts";

/** Prometheus itself, or why it is not here. */
export const prometheusProgram = findInstalled("prometheus", "PROMETHEUS");

/** One result of an instant query. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface Prometheus {
  /** @throws what Prometheus says of a query that it cannot answer */
  query(expr: string): Promise<readonly Result[]>;
  /** Alerts of the moment, with their words. */
  alerts(): Promise<readonly { labels: Record<string, string>; annotations: Record<string, string> }[]>;
}

/**
 * Starts Prometheus, which is gone when the test is over.
 *
 * @param port where it answers
 * @param targets ports by the name of the instance
 * @param rules the text of a file of rules
 */
export async function startPrometheus(
  port: number,
  targets: Readonly<Record<string, number>>,
  rules: string,
): Promise<Prometheus> {
  if (typeof prometheusProgram === "string") throw new Error(prometheusProgram);
  const folder = tempFolder();
  writeFileSync(join(folder, "rules.yml"), rules);
  writeFileSync(
    join(folder, "prometheus.yml"),
    // JSON is YAML.
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: ["rules.yml"],
      scrape_configs: [{
        job_name: "graphtap",
        static_configs: Object.entries(targets).map(([instance, target]) => ({
          targets: [`127.0.0.1:${target}`],
          labels: { instance },
        })),
      }],
    }),
  );
  const words = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const running = startCommand([prometheusProgram.path, ...words]);
  await running.until(() => running.stderr.includes("ready to receive web requests"), "Prometheus is ready");
  const api = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data, error } = await answer.json() as { status: string; data: unknown; error?: string };
    if (status !== "success") throw new Error(error);
    return data;
  };
  return {
    async query(expr) {
      const data = await api(`query?query=${encodeURIComponent(expr)}`) as { result: Result[] };
      return data.result;
    },
    async alerts() {
      const data = await api("alerts") as { alerts: Awaited<ReturnType<Prometheus["alerts"]>> };
      return data.alerts;
    },
  };
}

/** Systems take ports for connections from above these, and one that is free now may be such a one in a moment. */
const PORTS = { from: 10_000, count: 20_000 };

/** Ports of loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const free: number[] = [];
  // Tests beside this one begin elsewhere.
  for (let at = process.pid * 41; free.length < count; at++) {
    const port = PORTS.from + at % PORTS.count;
    if (await isFree(port)) free.push(port);
  }
  return free;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
