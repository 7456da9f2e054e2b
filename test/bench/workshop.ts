import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

const PROGRAMS = [
  "server",
  "receiver",
  "floor",
  "floor2",
  "nodeHttp",
  "parsed",
  "gzipOnly",
  "measured",
] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** Which streams a configuration has. */
export interface Streams {
  /** @default "signIns" */
  readonly service?: string;
  /** Tenants, each with the service. @default 1 */
  readonly tenants?: number;
}

/** A folder with everything that is measured, built for the purpose, so that nothing else can change it meanwhile. */
export interface Workshop {
  readonly folder: string;
  /** The program, as `npm run build` makes it. */
  readonly graphtap: string;
  /** A bundled program of `programs/`. */
  program(name: ProgramName): string;
  /** A folder with a configuration for a stream of sign-ins, or for others; each call makes a fresh one. */
  configuration(
    graphUrl: string,
    startMs: number,
    settings?: object,
    streams?: Streams,
  ): { config: string; folder: string };
  close(): void;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "graphtap-bench-"));
  // Beside dist, which others may be running.
  execFileSync(process.execPath, [join(PROJECT, "build.mjs"), join(folder, "dist")]);
  await build({
    entryPoints: PROGRAMS.map((name) => join(HERE, `programs/${name}.ts`)),
    outdir: join(folder, "programs"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
    logLevel: "error",
  });
  let made = 0;
  return {
    folder,
    graphtap: join(folder, "dist/main.js"),
    program: (name) => join(folder, "programs", `${name}.mjs`),
    configuration(graphUrl, startMs, settings = {}, streams = {}) {
      const own = join(folder, `config-${made++}`);
      mkdirSync(own);
      const config = join(own, "config.yaml");
      writeFileSync(config, configurationOf(graphUrl, startMs, settings, streams));
      return { config, folder: own };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configurationOf(
  url: string,
  startMs: number,
  settings: object,
  { service = "signIns", tenants = 1 }: Streams,
): string {
  const start = new Date(startMs).toISOString().replace(/\.\d+/, "");
  // The page server has no budget to keep to.
  const budget = { requests: 1000, seconds: 1 };
  const input = (number: number) => ({
    id: String(10_001 + number),
    enabled: true,
    environment: "prod",
    credentials: {
      tenant_id: `3f7c1e52-90ab-4d6e-8c21-${String(number).padStart(12, "0")}`,
      client_id: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
      client_secret: "not-a-secret",
    },
    override_base_url: url,
    override_login_url: url,
    services: { [service]: { start_time_in_utc: start, ...settings } },
  });
  const names = Array.from({ length: tenants }, (_, number) => number === 0 ? "bench" : `bench_${number}`);
  return JSON.stringify(
    {
      globals: {
        persistence: { type: "filesystem", config: { directory_name: "state" } },
        quotas: { reports: budget, security: budget },
      },
      inputs: Object.fromEntries(names.map((name, number) => [name, input(number)])),
    },
    null,
    2,
  );
}
