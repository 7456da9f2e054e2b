/** What the demo shows: a Graph on loopback with records of its own making, and a configuration for it. */
import { systemClock } from "../clock.ts";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../emulator/records/arrivals.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import { serveEmulator } from "../emulator/serve.ts";
import { addSeconds, formatInstant, fromMillis } from "../instant.ts";
import type { Cursor, Plugin } from "../plugin/plugin.ts";
import { quotaNames } from "../plugin/quotaNames.ts";
import { createRegistry } from "../plugin/registry.ts";
import { plugins as ours } from "../../plugins/index.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";

/** The one tenant of the built-in Graph; nothing about it is secret. */
const DEMO_TENANT = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "66666666-7777-4888-8999-aaaaaaaaaaaa",
  clientSecret: "demo-secret",
};

/** How far back the demo's records begin. */
const DEMO_BACKLOG_SECONDS = 3000;

/** Until a job of the demo is done. */
const DEMO_JOB_SECONDS = 20;

/**
 * A configuration as a user would write it for the Graph at `url`: every service of `plugins`, by default ours.
 *
 * @param files those of services that are not ours
 */
export function demoConfigText(
  url: string,
  stateDir: string,
  nowMs: number,
  plugins: readonly Plugin[] = ours,
  files: readonly string[] = [],
): string {
  const ago = (seconds: number) => formatInstant(addSeconds(fromMillis(nowMs - nowMs % 1000), -seconds));
  // A job waits for an hour of time.
  const startOf = ({ kind }: Cursor) => ago(kind === "job" ? 2 * DEMO_BACKLOG_SECONDS : DEMO_BACKLOG_SECONDS);
  const services = plugins.map(({ service, cursor }) =>
    cursor.field === undefined || cursor.kind === "snapshot"
      ? `      ${service}: {request_period_in_seconds: 60}\n`
      : `      ${service}: {request_period_in_seconds: 60, start_time_in_utc: "${startOf(cursor)}"}\n`
  );
  const own = files.length === 0 ? "" : `  plugins: ${JSON.stringify(files)}\n`;
  return `globals:
${own}  persistence: {type: filesystem, config: {directory_name: ${JSON.stringify(stateDir)}}}
inputs:
  demo:
    id: "1"
    enabled: true
    credentials: {tenant_id: ${DEMO_TENANT.tenantId}, client_id: ${DEMO_TENANT.clientId}, client_secret: ${DEMO_TENANT.clientSecret}}
    environment: demo
    override_base_url: ${url}
    override_login_url: ${url}
    services:
${services.join("")}`;
}

/** More than a demo asks: by Microsoft's budgets most services would wait for its end. */
const DEMO_QUOTAS = Object.fromEntries(quotaNames.map((name) => [name, { requests: 1000, seconds: 1 }]));

/** The same, read by the reader of all configurations, for a Graph without quotas. */
export function demoConfig(
  url: string,
  stateDir: string,
  nowMs: number,
  plugins: readonly Plugin[] = ours,
): LoadedConfig {
  const registry = createRegistry(plugins);
  const read = loadConfig(demoConfigText(url, stateDir, nowMs, plugins), {
    file: "demo",
    registry,
    now: fromMillis(nowMs),
    env: {},
    readFile: () => "",
  });
  const config = { ...read, globals: { ...read.globals, quotas: DEMO_QUOTAS } };
  return { config, registry, home: stateDir, stateDir };
}

/** How many records a collection has when the demo begins. */
const BACKLOG: Readonly<Record<Cursor["kind"], number>> = {
  "event-time": 12,
  "update-time": 4,
  snapshot: 4,
  query: 4,
  job: 4,
};

/** A Graph on loopback with records of its own making. */
export interface DemoGraph {
  readonly url: string;
  readonly emulator: Emulator;
  /** Lets records arrive until `signal` is aborted. */
  start(signal: AbortSignal): void;
  close(): Promise<void>;
}

/**
 * Serves it; the first records are there already.
 *
 * @param port 0 for any free one
 * @param plugins what it holds; our own by default
 * @param unevenPages whether a page may be short or empty although more follow
 */
export async function openDemoGraph(
  options: { port: number; quotas: boolean; unevenPages: boolean; plugins?: readonly Plugin[] },
): Promise<DemoGraph> {
  const emulator = createEmulator({
    plugins: options.plugins ?? ours,
    tenants: [DEMO_TENANT],
    unevenPages: options.unevenPages,
    jobs: { seconds: DEMO_JOB_SECONDS },
    ...(options.quotas ? {} : { quotas: "off" as const }),
  });
  const now = fromMillis(systemClock.now());
  for (const { name, plugin } of emulator.collections) {
    // Half a minute inside the start, so that a demo that starts slowly still asks for them all.
    emulator.produce(name, BACKLOG[plugin.cursor.kind], {
      from: addSeconds(now, 30 - DEMO_BACKLOG_SECONDS),
      to: now,
    });
  }
  const server = await serveEmulator(emulator, { port: options.port });
  return {
    url: server.url,
    emulator,
    start: (signal) => void simulate(emulator, { clock: systemClock, signal }).catch(() => {}),
    close: () => server.close(),
  };
}
