/** The real Vector between graphtap and a receiver, with the configuration that graphtap writes for it. */
import { Buffer } from "node:buffer";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { OPENSSL_CONF } from "../../src/shipper/opensslConf.ts";
import type { VectorWayIn } from "../../src/shipper/vectorSources.ts";
import { isAlive } from "./alive.ts";
import { type Authority, writeDomain } from "./certificates.ts";
import { childOf } from "./forwarderFluentBit.ts";
import type { Installed } from "./forwarderInstalled.ts";
import { freePort } from "./freePort.ts";
import { run, type Running, start, startCommand, waitFor } from "./program.ts";
import type { InputPlan, Site } from "./site.ts";

export const DOMAIN = "my-domain";
export const TOKEN = "0123456789abcdef0123456789abcdef";

export interface VectorPipeline {
  /** Vector as it runs now. */
  readonly vector: Running;
  /** Whether graphtap runs beside Vector, not as its child. */
  readonly apart: boolean;
  /** graphtap as it runs now; 0 when it does not. */
  readonly graphtapPid: () => number;
  readonly graphtapSaid: () => string;
  startVector(): Promise<void>;
  startGraphtap(): void;
  /** Both: what one has as a child, the other has beside it. */
  start(): Promise<void>;
  /** SIGTERM to both at once, as an init system does; waits for their end. */
  stop(): Promise<void>;
  /** Raises a number of the configuration by one and has Vector read it again; waits until it has. */
  reload(setting: string): Promise<void>;
  /** Sends lines, one character a byte, into the HTTP source, as graphtap does. */
  post(lines: string): Promise<void>;
}

export interface VectorPipelineOptions {
  readonly vector: Installed;
  readonly site: Site;
  readonly inputs: readonly InputPlan[];
  readonly via: VectorWayIn;
  readonly out: "tcp" | "http";
  /** Where the receiver listens. */
  readonly port: number;
  /** Signs the receiver's certificate, and Vector's own. */
  readonly authority: Authority;
  /** The newest TLS that Vector speaks. @default "TLSv1.2", as in our units */
  readonly maxTls?: "TLSv1.2" | "TLSv1.3";
  /** Further words for graphtap where it runs beside Vector. */
  readonly words?: readonly string[];
  /** Words in the configuration to replace, to scale times and sizes. */
  readonly scaled?: readonly (readonly [string, string])[];
}

/** Writes the configurations of both; nothing runs yet. */
export async function planVector(options: VectorPipelineOptions): Promise<VectorPipeline> {
  const { site, via } = options;
  const config = writeConfig(options);
  const httpPort = await freePort();
  const file = await writeVector(options, config, httpPort);
  const env = tlsLimit(site.folder, options.maxTls ?? "TLSv1.2");
  const apart = via === "http" || via === "file";
  const to = via === "http"
    ? `http://127.0.0.1:${httpPort}/ingest`
    : `file:${join(site.folder, "spool", "events.log")}`;
  let vector: Running | null = null;
  let graphtap: Running | null = null;
  const pipeline: VectorPipeline = {
    get vector() {
      if (vector === null) throw new Error("Vector was not started");
      return vector;
    },
    apart,
    graphtapPid: () => apart ? graphtap?.pid ?? 0 : childOf(vector?.pid ?? 0),
    graphtapSaid: () => apart ? graphtap?.stderr ?? "" : vector?.stderr ?? "",
    async startVector() {
      const started = startCommand([options.vector.path, "--config", file], { env });
      vector = started;
      await started.until(() => /Vector has started/.test(started.stderr), "Vector's start");
    },
    startGraphtap() {
      const words = ["run", "-c", config, "--format", "devo", "--heartbeat", "10", "--to", to];
      graphtap = start([...words, ...options.words ?? []]);
    },
    async start() {
      await pipeline.startVector();
      if (apart) pipeline.startGraphtap();
    },
    async stop() {
      const child = pipeline.graphtapPid();
      if (child > 0 && isAlive(child)) process.kill(child, "SIGTERM");
      pipeline.vector.kill("SIGTERM");
      await pipeline.vector.exited;
      if (apart) await graphtap?.exited;
      else await waitFor(() => child === 0 || !isAlive(child), () => `the end of graphtap ${child}`);
    },
    async reload(setting) {
      raise(file, setting);
      const before = pipeline.vector.stderr.length;
      pipeline.vector.kill("SIGHUP");
      const said = () => pipeline.vector.stderr.slice(before);
      await pipeline.vector.until(() => /Vector has reloaded/.test(said()), `Vector's reload: ${said()}`);
    },
    async post(lines) {
      const answer = await fetchPatiently(
        `http://127.0.0.1:${httpPort}/ingest`,
        Buffer.from(lines, "latin1"),
      );
      if (!answer.ok) throw new Error(`Vector answered ${answer.status}`);
    },
  };
  return pipeline;
}

/** Raises a number of a configuration by one. */
function raise(file: string, setting: string): void {
  const text = readFileSync(file, "utf8");
  const raised = text.replace(new RegExp(`(?<=${setting}: )\\d+`), (number) => String(Number(number) + 1));
  if (raised === text) throw new Error(`there is no "${setting}" to raise`);
  writeFileSync(file, raised);
}

/** graphtap's configuration, and what it names, in the site's folder. */
function writeConfig({ site, inputs, out, port, authority }: VectorPipelineOptions): string {
  for (const name of ["certs", "spool", "buffer/vector"]) {
    mkdirSync(join(site.folder, name), { recursive: true });
  }
  const certs = join(site.folder, "certs");
  writeDomain(certs, authority, authority.issue("domain"));
  writeFileSync(join(certs, "devo-http.json"), JSON.stringify({ domain: DOMAIN, token: TOKEN }));
  const files = { chain: "chain.crt", cert: "domain.crt", key: "domain.key" };
  const address = out === "http" ? "collector-us.devo.io" : "127.0.0.1";
  const outputs = { devo: { type: "devo_platform", config: { address, port, ...files } } };
  const config = join(site.folder, "config.yaml");
  writeFileSync(config, JSON.stringify({ ...site.config(inputs), outputs }));
  return config;
}

/** What `graphtap shipper` prints, with ports that are free and the receiver in Devo's place. */
async function writeVector(
  { site, via, out, port, scaled }: VectorPipelineOptions,
  config: string,
  httpPort: number,
): Promise<string> {
  const written = await run(["shipper", "vector", "-c", config, "--via", via, "--out", out]);
  if (written.code !== 0) throw new Error(written.stderr);
  let text = written.stdout.toString("utf8").replaceAll("127.0.0.1:8088", `127.0.0.1:${httpPort}`)
    .replace("https://http-us.devo.io/", `http://127.0.0.1:${port}/`);
  for (const [from, to] of scaled ?? []) {
    if (!text.includes(from)) throw new Error(`there is no "${from}" to scale`);
    text = text.replaceAll(from, to);
  }
  const file = join(site.folder, "vector.yaml");
  writeFileSync(file, text);
  return file;
}

/** The environment in which OpenSSL speaks no newer protocol; it has no setting in Vector's configuration. */
function tlsLimit(folder: string, version: string): Record<string, string> {
  const file = join(folder, "openssl.cnf");
  writeFileSync(file, OPENSSL_CONF.replace("TLSv1.2", version));
  return { OPENSSL_CONF: file };
}

/** Posts, and tries again for two seconds: Vector says that it has started before it listens. */
async function fetchPatiently(url: string, body: Buffer, tries = 20): Promise<Response> {
  try {
    return await fetch(url, { method: "POST", body: new Uint8Array(body) });
  } catch (error) {
    if (tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return await fetchPatiently(url, body, tries - 1);
  }
}
