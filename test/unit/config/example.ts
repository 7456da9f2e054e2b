import { plugins } from "../../../plugins/index.ts";
import type { Config, Credentials, Problem, ReadOptions } from "../../../src/config/config.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { parseInstant } from "../../../src/instant.ts";
import { createRegistry } from "../../../src/plugin/registry.ts";
import { regexEngine } from "../../support/patterns.ts";

export const TENANT = "1b2c3d4e-0000-4000-8000-0123456789ab";
export const CLIENT = "9f8e7d6c-0000-4000-8000-ba9876543210";
export const registry = createRegistry(plugins);

/** Options of a reading on 2026-11-22, whose files and variables are those given. */
export function options(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): ReadOptions {
  return {
    file: "config/config.yaml",
    registry,
    regexEngine,
    now: parseInstant("2026-11-22T12:00:00Z")!,
    env,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text;
    },
  };
}

/** A configuration with one input of one service, further lines added to each block. */
export function small(
  lines: { globals?: string[]; input?: string[]; services?: string[]; top?: string[] } = {},
) {
  return [
    "globals:", //                                 1
    "  id: 12345", //                              2
    ...(lines.globals ?? []).map((line) => `  ${line}`),
    "inputs:", //                                  3
    "  a:", //                                     4
    "    id: 10001", //                            5
    "    credentials:", //                         6
    `      tenant_id: ${TENANT}`, //               7
    `      client_id: ${CLIENT}`, //               8
    "      client_secret: s3cr3t~value", //        9
    ...(lines.input ?? []).map((line) => `    ${line}`),
    "    services:", //                           10
    ...(lines.services ?? ["signIns: {}"]).map((line) => `      ${line}`), // 11
    ...(lines.top ?? []),
    "",
  ].join("\n");
}

/** What a text says, which must be right. */
export function read(text: string, given: ReadOptions = options()): Config {
  const { config, problems } = parseConfig(text, given);
  if (config === null) throw new Error(problems.map((problem) => problem.message).join("\n"));
  return config;
}

/** The client secret of an input that has one. */
export function secretOf(credentials: Credentials): string | null {
  if (credentials.kind !== "client_secret" || "command" in credentials.clientSecret) return null;
  return credentials.clientSecret.reveal();
}

/** Problems as "line:column severity key: message", without the file. */
export function problemsOf(text: string, given: ReadOptions = options()): string[] {
  return parseConfig(text, given).problems.map(shown);
}

function shown({ line, column, severity, key, message, collector }: Problem): string {
  const place = line === null ? "-" : `${line}:${column}`;
  return `${place} ${severity} ${key}: ${message}${collector ? ` (${collector.join(" ")})` : ""}`;
}

export const yamlExample = `
globals:
  debug: false
  id: "12345"
  name: msgraph
  persistence:
    type: filesystem
    config:
      directory_name: state
outputs:
  devo_us_1:
    type: devo_platform
    config: { address: collector-us.devo.io, port: 443, type: SSL, chain: chain.crt, cert: x.crt, key: x.key }
inputs:
  microsoft_graph_audit:
    id: "10001"
    enabled: true
    requests_per_second: 5
    credentials:
      tenant_id: ${TENANT}
      client_id: ${CLIENT}
      client_secret: s3cr3t~value
    environment: prod
    override_top_level_domain: us
    override_base_url: https://graph.microsoft.us
    override_login_url: https://login.microsoftonline.us/
    override_scope_value: https://graph.microsoft.us/.default
    services:
      directory_audits:
      provisioning_audits:
        request_period_in_seconds: 600
      signIns:
        request_period_in_seconds: 300
        start_time_in_utc: 2026-01-01T00:00:00Z
        additional_filter: "status/errorCode ne 0"
        override_tag: my.app.graph.signins
        override_query_window_max_seconds: 3600
        obfuscation_data:
          - { name: [userPrincipalName], value: "*****" }
          - { name: [location, "*"] }
          - { name: [ipAddress], string_patterns: ["[0-9]+$"] }
  microsoft_graph_security:
    id: "10002"
    enabled: true
    credentials:
      tenant_id: contoso.onmicrosoft.com
      client_id: ${CLIENT}
      client_secret: { env: GRAPH_SECRET }
    services:
      secure_score_control_profiles: {}
      secure_scores: { start_time_in_utc: "2026-01-01" }
      alerts: {}
      alerts_v2: { enabled: false }
`;

/** The cloud form: `global_overrides`, and texts where numbers are meant. */
export const jsonExample = JSON.stringify(
  {
    global_overrides: { debug: "true" },
    inputs: {
      microsoft_graph_audit: {
        id: "10001",
        enabled: "true",
        requests_per_second: "2.5",
        credentials: { tenant_id: TENANT, client_id: CLIENT, client_secret: "s3cr3t~value" },
        environment: "prod",
        services: {
          directory_audits: { request_period_in_seconds: "300", start_time_in_utc: "2026-01-01T00-00-00Z" },
          signIns_v2: { override_query_window_max_seconds: "3600" },
        },
      },
    },
  },
  null,
  "\t",
);
