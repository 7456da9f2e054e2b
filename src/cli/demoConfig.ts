import { loadConfig } from "../config/load.ts";
import { addSeconds, formatInstant, fromMillis } from "../instant.ts";
import { createRegistry } from "../plugin/registry.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { plugins as ours } from "../../plugins/index.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";

/** The one tenant of the built-in Graph; nothing about it is secret. */
export const DEMO_TENANT = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "66666666-7777-4888-8999-aaaaaaaaaaaa",
  clientSecret: "demo-secret",
};

/** How far back the demo's records begin. */
export const DEMO_BACKLOG_SECONDS = 3000;

/** A configuration as a user would write it for the Graph at `url`: every service of `plugins`, by default ours. */
export function demoConfigText(
  url: string,
  stateDir: string,
  nowMs: number,
  plugins: readonly Plugin[] = ours,
): string {
  const start = formatInstant(addSeconds(fromMillis(nowMs - nowMs % 1000), -DEMO_BACKLOG_SECONDS));
  const services = plugins.map(({ service, cursor }) =>
    cursor.field === undefined || cursor.kind === "snapshot"
      ? `      ${service}: {request_period_in_seconds: 60}\n`
      : `      ${service}: {request_period_in_seconds: 60, start_time_in_utc: "${start}"}\n`
  );
  return `globals:
  persistence: {type: filesystem, config: {directory_name: ${JSON.stringify(stateDir)}}}
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

/** The same, read by the reader of all configurations. */
export function demoConfig(
  url: string,
  stateDir: string,
  nowMs: number,
  plugins: readonly Plugin[] = ours,
): LoadedConfig {
  const registry = createRegistry(plugins);
  const config = loadConfig(demoConfigText(url, stateDir, nowMs, plugins), {
    file: "demo",
    registry,
    now: fromMillis(nowMs),
    env: {},
    readFile: () => "",
  });
  return { config, registry, home: stateDir };
}
