/** What streams cost that have nothing to do: memory of each, and processor time between their polls. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { EIGHT_SERVICES as SERVICES } from "../support/eightServices.ts";
import { amountRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import type { Workshop } from "./workshop.ts";

const FEW = 8;
const MANY = 1000;
/** Far longer than a run, so that no second poll falls into it. */
const PERIOD_SECONDS = 3600;
/** For what the first polls left: connections to be closed, garbage that is collected for three quarters of a minute. */
const SETTLE_MS = 60_000;
const IDLE_MS = 10_000;

/** What a process used when all its streams had been polled once. */
interface Idle {
  readonly rssBytes: number;
  /** User and system time in `IDLE_MS`. */
  readonly cpuMs: number;
}

export async function idle(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 0 });
  const growth: number[] = [];
  const cpu: number[] = [];
  try {
    for (let run = 0; run < Math.min(runs, 3); run++) {
      const few = await idling(workshop, graph.url, FEW, run);
      const many = await idling(workshop, graph.url, MANY, run);
      growth.push((many.rssBytes - few.rssBytes) / (MANY - FEW) / 1000);
      cpu.push(many.cpuMs / (IDLE_MS / 1000));
    }
  } finally {
    graph.close();
  }
  return [
    amountRow(
      `memory of each of ${MANY.toLocaleString("en")} idle streams`,
      `${FEW} idle streams`,
      growth,
      "KB",
      32,
    ),
    amountRow(
      `CPU between the polls of ${MANY.toLocaleString("en")} idle streams`,
      "a second",
      cpu,
      "ms",
      0.5,
    ),
  ];
}

async function idling(workshop: Workshop, url: string, streams: number, run: number): Promise<Idle> {
  const folder = join(workshop.folder, `idle-${run}-${streams}`);
  mkdirSync(folder);
  const config = join(folder, "config.yaml");
  writeFileSync(config, JSON.stringify(configurationOf(url, streams)));
  const child = spawn(process.execPath, [workshop.graphtap, "run", "-c", config, "--log-format", "json"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    let polled = 0;
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.includes('"pull done"') && ++polled === streams) break;
    }
    if (polled < streams) throw new Error(`only ${polled} of ${streams} streams were polled`);
    child.stderr.resume();
    await sleep(SETTLE_MS);
    const before = cpuMsOf(child.pid!);
    await sleep(IDLE_MS);
    return { rssBytes: rssOf(child.pid!), cpuMs: cpuMsOf(child.pid!) - before };
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
}

/** Every input a tenant of its own, with all services, and no budget that the streams would wait for. */
function configurationOf(url: string, streams: number) {
  const numbers = Array.from({ length: streams / SERVICES.length }, (_, number) => number);
  return {
    globals: { persistence: { type: "filesystem", config: { directory_name: "state" } } },
    inputs: Object.fromEntries(
      numbers.map((number) => [`tenant_${number}`, inputOf(url, number, SERVICES, PERIOD_SECONDS)]),
    ),
  };
}

/** The input of a tenant by its number. */
export function inputOf(url: string, number: number, services: readonly string[], periodSeconds: number) {
  const settings = { request_period_in_seconds: periodSeconds };
  const guid = `3f7c1e52-90ab-4d6e-8c21-${String(number).padStart(12, "0")}`;
  return {
    id: String(10_000 + number),
    enabled: true,
    environment: "prod",
    credentials: { tenant_id: guid, client_id: guid, client_secret: "not-a-secret" },
    override_base_url: url,
    override_login_url: url,
    services: Object.fromEntries(services.map((service) => [service, settings])),
  };
}

export function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

/**
 * User and system time of a process; milliseconds. proc(5): behind the name, which is in brackets, the 12th and 13th
 * field count hundredths of a second.
 */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
