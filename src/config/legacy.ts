/** What the 1.x line had in each service: keys that are gone, settings that belong to the input now, its tags. */
import * as z from "zod";
import { baseOfTemplate } from "./endpoint.ts";
import { choice, integer, key, tag, text } from "./field.ts";
import type { Path } from "./document/places.ts";
import { type Report, shownValue } from "./document/problems.ts";
import { startTime } from "./startTime.ts";

const customEndpoints = z.strictObject({
  override_base_url_main: key(text().optional(), "1.x.", { retired: "use override_base_url of the input" }),
  override_base_url_vendor: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: alerts are read as one collection",
  }),
  override_base_url_vendor_with_sub_provider: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: alerts are read as one collection",
  }),
  override_login_url: key(text().optional(), "1.x.", { retired: "use override_login_url of the input" }),
  override_scope: key(text().optional(), "1.x.", { retired: "use override_scope_value of the input" }),
});

/** The keys of a service that only 1.x had. */
export const legacyKeys = {
  tag: key(tag().optional(), "1.x name of override_tag.", {
    retired: "use override_tag",
    wrong: ["MicrosoftGraphPullerCreationException", 27],
  }),
  start_time: key(startTime().optional(), "1.x name of start_time_in_utc.", {
    retired: "use start_time_in_utc",
    wrong: ["MicrosoftGraphPullerCreationException", 37],
    noText: ["MicrosoftGraphPullerCreationException", 36],
  }),
  tag_version: key(choice("v1", "v2").optional(), "1.x: which of the 1.x tags to use.", {
    retired: "use globals.tag_generation and override_tag",
    wrong: ["MicrosoftGraphPullerCreationException", 37],
  }),
  reset_persistence_auth: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: another start_time_in_utc resets the position",
  }),
  override_time_delta_in_days: key(
    integer(0, "days").optional(),
    "1.x: where to begin, in days before now.",
    {
      retired: "use start_time_in_utc; without one, a stream begins so many days back",
    },
  ),
  pull_sliding_window_timespan_period: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: use override_query_window_max_seconds",
  }),
  ms_365_environment: key(text().optional(), "1.x: the cloud.", {
    retired: "use override_top_level_domain of the input (us for GCC High)",
  }),
  custom_endpoints: key(customEndpoints.optional(), "1.x: addresses, now of the input.", {}),
};

/** Settings that 1.x services may bring to their input. */
export type InputSetting =
  | "override_base_url"
  | "override_login_url"
  | "override_scope_value"
  | "override_top_level_domain";

/** A setting that a service brought along. */
export interface Lifted {
  readonly setting: InputSetting;
  readonly value: string;
  readonly path: Path;
}

/** What 1.x keys in a service say about its input. */
export interface LegacyKeys {
  readonly ms_365_environment?: string | undefined;
  readonly custom_endpoints?: {
    readonly override_base_url_main?: string | undefined;
    readonly override_login_url?: string | undefined;
    readonly override_scope?: string | undefined;
  } | undefined;
}

/** The settings of the input in a 1.x service. */
export function liftLegacyKeys(keys: LegacyKeys, path: Path): Lifted[] {
  const lifted: Lifted[] = [];
  const add = (setting: InputSetting, value: string | undefined, ...steps: string[]) => {
    if (value !== undefined) lifted.push({ setting, value, path: [...path, ...steps] });
  };
  const endpoints = keys.custom_endpoints ?? {};
  const base = endpoints.override_base_url_main;
  add("override_base_url", base && baseOfTemplate(base), "custom_endpoints", "override_base_url_main");
  add("override_login_url", endpoints.override_login_url, "custom_endpoints", "override_login_url");
  add("override_scope_value", endpoints.override_scope, "custom_endpoints", "override_scope");
  const cloud = keys.ms_365_environment;
  add("override_top_level_domain", cloud && (isGccHigh(cloud) ? "us" : "com"), "ms_365_environment");
  return lifted;
}

/**
 * Whether an `ms_365_environment` has addresses of its own: of GCC and GCC High, only the latter does. It is written
 * in many ways.
 */
export function isGccHigh(cloud: string): boolean {
  return /high|gcc[\s_-]*h\b|us[\s_-]*gov|azure[\s_-]*(us|gov)|^\W*(us|gov|l4)\W*$|\.us\b/i.test(cloud);
}

/** Whether it names the cloud of all others. */
function isWorldwide(cloud: string): boolean {
  return /^\W*(com|gcc|global|public|world[\s_-]*wide|commercial|azure[\s_-]*(public|cloud|commercial)|standard|default|gcc[\s_-]*low)\W*$/i
    .test(cloud);
}

/** Warns of what 1.x keys of a service meant otherwise than they are read. */
export function remarkLegacyKeys(keys: LegacyKeys, path: Path, report: Report): void {
  const base = keys.custom_endpoints?.override_base_url_main;
  if (base !== undefined && baseOfTemplate(base) !== base.replace(/\/+$/, "")) {
    const at = [...path, "custom_endpoints", "override_base_url_main"];
    report(
      "warning",
      at,
      `only ${shownValue(baseOfTemplate(base))} of it is used; the service says what to ask for`,
    );
  }
  const cloud = keys.ms_365_environment;
  if (cloud !== undefined && !isGccHigh(cloud) && !isWorldwide(cloud)) {
    const message =
      `found ${
        shownValue(cloud)
      }, which is read as the worldwide cloud; GCC High is "GCC High", and others ` +
      "are reached by override_base_url, override_login_url and override_scope_value";
    report("warning", [...path, "ms_365_environment"], message);
  }
}

// Only these had two sets of tags; the v2 set is today's table.
const v1Tags: Readonly<Record<string, string>> = {
  alerts: "cloud.msgraph.security.alerts.1",
  secure_scores: "cloud.msgraph.security.secure_scores.1",
  secure_score_control_profiles: "cloud.msgraph.security.secure_score_control_profiles.1",
};

/** The one tag that `tag_version: v1` gave a service; `null` when the 1.x line knew no choice for it. */
export function v1Tag(service: string): string | null {
  return Object.hasOwn(v1Tags, service) ? v1Tags[service] ?? null : null;
}

// The collector's own migration guide: tables of 2.x that get everything that `v1` got.
const v1Successors: Readonly<Record<string, string>> = {
  alerts: "cloud.msgraph.security.alerts.2",
  secure_scores: "cloud.msgraph.security.scores.2",
  secure_score_control_profiles: "cloud.msgraph.security.scorecontrol.2",
};

/** The `override_tag` that 2.x has in the place of `tag_version: v1`; `null` when there was no choice. */
export function v1Successor(service: string): string | null {
  return Object.hasOwn(v1Successors, service) ? v1Successors[service] ?? null : null;
}
