/** One input. */
import type { Globals, InputConfig } from "./config.ts";
import type { Path } from "./document.ts";
import { readEndpoint } from "./endpoint.ts";
import { eraOf } from "./era.ts";
import { inputSchema } from "./inputSchema.ts";
import type { InputSetting } from "./legacy.ts";
import { settleLifted } from "./legacy.ts";
import { readCredentials } from "./readCredentials.ts";
import { readServices } from "./readServices.ts";
import { requestLimitsOf } from "./requestLimits.ts";
import type { Reading } from "./reading.ts";
import { report, shownValue } from "./reading.ts";
import { isRecord, readSection } from "./section.ts";

/** What an input is known by, even when something in it is wrong. */
export interface InputReading {
  readonly path: Path;
  readonly id: string | null;
  readonly enabled: boolean;
  readonly config: InputConfig | null;
}

/** Reads the block of an input. */
export function readInput(reading: Reading, name: string, block: unknown, globals: Globals): InputReading {
  const path = ["inputs", name];
  if (block === null || (isRecord(block) && Object.keys(block).length === 0)) {
    const message = "is empty; expected id, credentials and services";
    report(reading, "error", path, message, { at: "key", collector: ["InputConfigurationError", 1] });
    return { path, id: null, enabled: true, config: null };
  }
  const { values, parts, whole } = readSection(reading, inputSchema, block, path, {
    wrong: ["InputConfigurationError", 2],
  });
  const enabled = values.enabled ?? true;
  const known = { path, id: values.id ?? null, enabled };
  if (!isRecord(block)) return { ...known, config: null };

  const era = eraOf(reading, path, block);
  const { services, lifted } = readServices(reading, values.services, [...path, "services"], era);
  const credentials = readCredentials(reading, parts.credentials ?? {}, [...path, "credentials"], enabled);

  /** A setting by its own name or another spelling, else what 1.x services say; with the place it stands at. */
  const settle = (setting: InputSetting, own: string | undefined, ownKey: string = setting) => {
    const ownPath = [...path, ownKey];
    const given = own !== undefined && block[ownKey] !== undefined && block[ownKey] !== null;
    const other = settleLifted(reading, lifted, setting, given ? ownPath : null);
    return other === null ? { value: own, path: ownPath } : other;
  };
  const endpoint = (setting: "override_base_url" | "override_login_url") => {
    const { value, path: at } = settle(setting, values[setting]);
    if (value === undefined) return null;
    const result = readEndpoint(value, globals.allowInsecureUrls);
    if ("url" in result) return result.url;
    // An address may hold a password, so it is not shown when it is wrong in that way.
    const found = value.includes("@") ? "found an address" : `found ${shownValue(value)}`;
    report(reading, "error", at, `${found}, expected ${result.expected}`);
    return null;
  };
  const scopeKey = values.override_scope_value === undefined ? "override_scope" : "override_scope_value";
  const baseUrl = endpoint("override_base_url");
  const loginUrl = endpoint("override_login_url");
  const scope = settle("override_scope_value", values[scopeKey], scopeKey).value ?? null;
  const domain = settle("override_top_level_domain", values.override_top_level_domain).value;

  if (whole === null || credentials === null || services === null) return { ...known, config: null };
  return {
    ...known,
    config: {
      name,
      id: whole.id,
      enabled,
      credentials,
      environment: whole.environment ?? null,
      topLevelDomain: domain === "us" ? "us" : "com",
      baseUrl,
      loginUrl,
      scope,
      requestsPerSecond: whole.requests_per_second ?? whole.request_per_second ?? null,
      requestLimits: requestLimitsOf(whole.requests_limits),
      services,
    },
  };
}
