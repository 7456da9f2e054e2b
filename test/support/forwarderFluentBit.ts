/** The real Fluent Bit between graphtap and the receiver, with the configuration that graphtap writes for it. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { shellCommand } from "../../src/telemetry/shellCommand.ts";
import { listSpool } from "../../src/sink/spoolNames.ts";
import type { WayIn } from "../../src/shipper/settings.ts";
import { isAlive } from "./alive.ts";
import { type Authority, type Identity, writeDomain } from "./certificates.ts";
import { freePort } from "./freePort.ts";
import { findInstalled, type Installed } from "./forwarderInstalled.ts";
import { programCommand, run, type Running, start, startCommand, waitFor } from "./program.ts";
import { onDeno } from "./project.ts";
import type { InputPlan, Site } from "./site.ts";

const found = findInstalled("fluent-bit", "GRAPHTAP_FLUENT_BIT");

/** Why tests of the real Fluent Bit are skipped; `null` where they run. */
export const whyNoFluentBit = typeof found === "string"
  ? found
  : onDeno
  ? "Deno's TLS server cannot ask for client certificates"
  : null;
export const fluentBit: Installed = typeof found === "string" ? { path: "", version: "" } : found;

export interface Pipeline {
  /** Fluent Bit as it runs now; it is started anew after each end, as an init system does, unless told otherwise. */
  readonly shipper: Running;
  /** Whether graphtap runs beside Fluent Bit, not as its child. */
  readonly apart: boolean;
  /** graphtap as it runs now. */
  readonly graphtapPid: () => number;
  startShipper(): Promise<void>;
  /** As an init system does: again and again, while the orphan of the last one holds on to what it inherited. */
  startShipperAnyway(): Promise<void>;
  /** Writes into the spool, as graphtap does. */
  append(line: string): void;
  startGraphtap(): void;
  /** Both: what one has as a child, the other has beside it. */
  start(): Promise<void>;
}

export interface PipelineOptions {
  readonly site: Site;
  readonly inputs: readonly InputPlan[];
  readonly via: WayIn;
  readonly port: number;
  readonly authority: Authority;
  /** The client certificate. @default one of `authority` */
  readonly identity?: Identity;
  /** Further words for `graphtap shipper`. */
  readonly shipperWords?: readonly string[];
  /** Further words for graphtap where it runs beside Fluent Bit. */
  readonly words?: readonly string[];
  /** Words in the configuration to replace, to scale times. */
  readonly scaled?: readonly (readonly [string, string])[];
}

/** Writes the configurations of both; nothing runs yet. */
export async function planPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { site, via } = options;
  const certs = join(site.folder, "certs");
  mkdirSync(certs, { recursive: true });
  writeDomain(certs, options.authority, options.identity ?? options.authority.issue("domain"));
  const config = join(site.folder, "config.yaml");
  writeFileSync(
    config,
    JSON.stringify({
      ...site.config(options.inputs),
      outputs: {
        devo: {
          type: "devo_platform",
          config: {
            address: "127.0.0.1",
            port: options.port,
            chain: "chain.crt",
            cert: "domain.crt",
            key: "domain.key",
          },
        },
      },
    }),
  );
  const written = await run([
    "shipper",
    "fluent-bit",
    "-c",
    config,
    "--via",
    via,
    ...options.shipperWords ?? [],
  ]);
  if (written.code !== 0) throw new Error(written.stderr);
  const [admin, http] = [await freePort(), await freePort()];
  let text = written.stdout.toString("utf8").replaceAll("2020", String(admin)).replaceAll(
    "9880",
    String(http),
  );
  for (const [from, to] of options.scaled ?? []) {
    if (!text.includes(from)) throw new Error(`there is no "${from}" to scale`);
    text = text.replaceAll(from, to);
  }
  const file = join(site.folder, "fluent-bit.yaml");
  writeFileSync(file, text);

  const apart = via === "http" || via === "file";
  const to = via === "http"
    ? [`http://127.0.0.1:${http}/`, "--body", "fluent-bit"]
    : [`file:${join(site.folder, "spool", "events.log")}`];
  mkdirSync(join(site.folder, "spool"), { recursive: true });
  let shipper: Running | null = null;
  let graphtap: Running | null = null;
  const pipeline: Pipeline = {
    get shipper() {
      if (shipper === null) throw new Error("Fluent Bit was not started");
      return shipper;
    },
    apart,
    graphtapPid: () => apart ? graphtap!.pid : childOf(shipper!.pid),
    async startShipper() {
      const words = [fluentBit.path, "-c", file];
      const started = startCommand(
        via === "stdin" ? piped(["pull", "-c", config, "--format", "devo"], words) : words,
      );
      shipper = started;
      // What follows, "stream processor started", a build without that processor does not say.
      await started.until(() => /\[engine\] Shutdown Grace/.test(started.stderr), "Fluent Bit's start");
    },
    async startShipperAnyway() {
      for (let tries = 0;; tries++) {
        try {
          return await pipeline.startShipper();
        } catch (error) {
          if (tries > 5) throw error;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    },
    append: (line) => appendFileSync(listSpool(join(site.folder, "spool", "events.log")).at(-1)!.path, line),
    startGraphtap() {
      graphtap = start(["run", "-c", config, "--format", "devo", "--to", ...to, ...options.words ?? []]);
    },
    async start() {
      await pipeline.startShipper();
      if (apart) pipeline.startGraphtap();
    },
  };
  return pipeline;
}

/** SIGTERM to both at once, as an init system does; waits for their end. */
export async function stopBoth(pipeline: Pipeline): Promise<void> {
  const child = pipeline.graphtapPid();
  if (child > 0) process.kill(child, "SIGTERM");
  pipeline.shipper.kill("SIGTERM");
  await pipeline.shipper.exited;
  await waitFor(() => pipeline.graphtapPid() === 0 || !isAlive(child), () => `the end of graphtap ${child}`);
}

/** `graphtap … | fluent-bit …` */
function piped(words: readonly string[], reader: readonly string[]): string[] {
  return ["/bin/sh", "-c", `${shellCommand([...programCommand, ...words])} | ${shellCommand(reader)}`];
}

/** The child of a process, whichever of its threads started it; 0 when there is none. */
export function childOf(pid: number): number {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [child] = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" ");
      if (child) return Number(child);
    }
  } catch {
    // It is gone.
  }
  return 0;
}

export function killHard(pid: number): void {
  if (pid > 0) process.kill(pid, "SIGKILL");
}

/** Waits until a number has not grown for a while. */
export async function settled(
  count: () => number,
  quietMs: number,
  enough: () => boolean = () => false,
): Promise<void> {
  for (let last = -1, since = Date.now(); !enough();) {
    const now = count();
    if (now !== last) [last, since] = [now, Date.now()];
    else if (Date.now() - since > quietMs) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
