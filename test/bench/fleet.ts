/** What a fleet costs: a thousand tenants with five services each, from a folder with a file for each tenant. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { plugins } from "../../plugins/index.ts";
import { freePort } from "../support/freePort.ts";
import { amountRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { cpuMsOf, inputOf, rssOf } from "./idle.ts";
import { measure } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const TENANTS = 1000;
const SERVICES = plugins.slice(0, 5).map(({ service }) => service);
const STREAMS = TENANTS * SERVICES.length;
/** As in `idle`: no second poll, and what the first ones left is over, which takes V8 a minute here. */
const PERIOD_SECONDS = 3600;
const SETTLE_MS = 90_000;
const IDLE_MS = 10_000;
const TOKEN = "a-token-of-the-fleet";
/** Requests of a kind whose cost is counted in hundredths of a second. */
const TIMES = 10;

/** What one run came to: bytes, and processor time in milliseconds. */
interface Fleet {
  readonly checkMs: number;
  readonly startMs: number;
  readonly rssBytes: number;
  readonly idleMs: number;
  readonly statusMs: number;
  readonly reloadMs: number;
  readonly stretchMs: number;
}

export async function fleet(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 0 });
  const all: Fleet[] = [];
  try {
    for (let run = 0; run < Math.ceil(runs / 3); run++) all.push(await oneFleet(workshop, graph.url, run));
  } finally {
    graph.close();
  }
  const row = (what: string, pick: (one: Fleet) => number, unit: string, target: number | null) =>
    amountRow(what, "1,000 tenants × 5 services", all.map(pick), unit, target);
  return [
    row("CPU of check over the folder", ({ checkMs }) => checkMs / 1000, "s", 2),
    row("CPU from the start until all streams were polled", ({ startMs }) => startMs / 1000, "s", null),
    row("memory", ({ rssBytes }) => rssBytes / 1e6, "MB resident", null),
    row("CPU between the polls in a second", ({ idleMs }) => idleMs / (IDLE_MS / 1000), "ms", 1),
    row("CPU of /v1/status", ({ statusMs }) => statusMs / TIMES, "ms", null),
    row("CPU of a reload that changes one tenant", ({ reloadMs }) => reloadMs / TIMES / 1000, "s", 2),
    row("CPU in one go within a reload, at most", ({ stretchMs }) => stretchMs, "ms", 50),
  ];
}

async function oneFleet(workshop: Workshop, url: string, run: number): Promise<Fleet> {
  const folder = join(workshop.folder, `fleet-${run}`);
  mkdirSync(folder);
  const persistence = { type: "filesystem", config: { directory_name: "state" } };
  writeFileSync(join(folder, "00-globals.yaml"), JSON.stringify({ globals: { persistence } }));
  const write = (tenant: number, periodSeconds: number) => {
    const inputs = { [`tenant_${tenant}`]: inputOf(url, tenant, SERVICES, periodSeconds) };
    writeFileSync(join(folder, `tenant-${tenant}.yaml`), JSON.stringify({ inputs }, null, 2));
  };
  for (let tenant = 0; tenant < TENANTS; tenant++) write(tenant, PERIOD_SECONDS);

  const { cpuMs: checkMs } = await measure(workshop, [workshop.graphtap, "check", "-c", folder]);

  const stretchMs = await longestStretch(workshop, folder, (periodSeconds) => write(7, periodSeconds));
  const { child, ask } = await serveFleet(workshop, folder);
  const costOf = async (work: () => Promise<unknown>) => {
    const since = cpuMsOf(child.pid!);
    for (let time = 0; time < TIMES; time++) await work();
    return cpuMsOf(child.pid!) - since;
  };
  try {
    await polledOnce(child.stderr);
    const startMs = cpuMsOf(child.pid!);
    await sleep(SETTLE_MS);
    const since = cpuMsOf(child.pid!);
    await sleep(IDLE_MS);
    const idleMs = cpuMsOf(child.pid!) - since;
    const rssBytes = rssOf(child.pid!);
    const statusMs = await costOf(() => ask("/v1/status"));
    const planned = plannedOf(await ask("/v1/status"));
    let periodSeconds = PERIOD_SECONDS;
    const reloadMs = await costOf(async () => {
      write(7, ++periodSeconds);
      const { changed } = await ask("/v1/reload", "POST") as { changed: { count: number } };
      if (changed.count !== SERVICES.length) throw new Error(`${changed.count} streams have changed`);
    });
    const slipped = [...plannedOf(await ask("/v1/status"))]
      .filter(([name, next]) => !name.startsWith("tenant_7/") && planned.get(name) !== next);
    if (slipped.length > 0) {
      throw new Error(`a reload moved the next poll of ${slipped.length} other streams`);
    }
    return { checkMs, startMs, rssBytes, idleMs, statusMs, reloadMs, stretchMs };
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
}

/** The program over the folder, and who asks it. */
async function serveFleet(workshop: Workshop, folder: string, words: string[] = [], node: string[] = []) {
  const address = `127.0.0.1:${await freePort()}`;
  const program = [
    ...node,
    workshop.graphtap,
    "serve",
    "-c",
    folder,
    "--listen",
    address,
    "--log-format",
    "json",
  ];
  const child = spawn(process.execPath, [...program, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, GRAPHTAP_TOKEN: TOKEN },
  });
  const ask = async (path: string, method = "GET") => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`http://${address}${path}`, { method, headers });
    return await answer.json() as Record<string, unknown>;
  };
  return { child, ask };
}

/** How long nothing else had its turn while the folder was read again and one tenant had changed; milliseconds of CPU. */
async function longestStretch(
  workshop: Workshop,
  folder: string,
  change: (periodSeconds: number) => void,
): Promise<number> {
  const hook = new URL("./programs/stretches.mjs", import.meta.url).href;
  const words = ["--no-poll", "--state", join(folder, "other-state")];
  const { child, ask } = await serveFleet(workshop, folder, words, ["--import", hook]);
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const lineWith = async (what: string) => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`the program never said "${what}"`);
      if (value.includes(what)) return value;
    }
  };
  try {
    await lineWith('"listening"');
    // The start is over when it answers.
    await ask("/v1/status");
    child.kill("SIGUSR2");
    await sleep(100);
    for (let time = 1; time <= TIMES; time++) {
      change(PERIOD_SECONDS - time);
      await ask("/v1/reload", "POST");
    }
    child.kill("SIGTERM");
    return Number((await lineWith("longest stretch: ")).split(": ")[1]);
  } finally {
    child.kill("SIGKILL");
  }
}

/** Resolves when each stream was polled. */
async function polledOnce(log: NodeJS.ReadableStream): Promise<void> {
  let polled = 0;
  for await (const line of createInterface({ input: log })) {
    if (line.includes('"pull done"') && ++polled === STREAMS) break;
  }
  if (polled < STREAMS) throw new Error(`only ${polled} of ${STREAMS} streams were polled`);
  log.resume();
}

/** When each stream is polled next, by its name. */
function plannedOf(status: Record<string, unknown>): Map<string, string | null> {
  const { streams } = status as { streams: { input: string; service: string; next_poll: string | null }[] };
  return new Map(streams.map(({ input, service, next_poll }) => [`${input}/${service}`, next_poll]));
}
