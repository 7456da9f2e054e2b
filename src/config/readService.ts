/** One service of an input. */
import { compareInstants } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { tagRemark } from "../plugin/tagRule.ts";
import type { ServiceConfig } from "./config.ts";
import type { Path } from "./document.ts";
import type { Era } from "./era.ts";
import type { Lifted } from "./legacy.ts";
import { liftLegacyKeys, v1Tag } from "./legacy.ts";
import { readObfuscationRule } from "./readObfuscation.ts";
import type { Reading } from "./reading.ts";
import { report, shownValue } from "./reading.ts";
import { requestLimitsOf } from "./requestLimits.ts";
import { readSection } from "./section.ts";
import { oldServiceSchema, serviceSchema } from "./serviceSchema.ts";

/** A service that was read; `config` is `null` when something in it is wrong. */
export interface ServiceReading {
  readonly config: ServiceConfig | null;
  readonly lifted: readonly Lifted[];
}

/** Reads the block of a service; one without settings (`signIns:`) has the defaults. */
export function readService(
  reading: Reading,
  block: unknown,
  path: Path,
  plugin: Plugin,
  era: Era,
): ServiceReading {
  const notes = { wrong: ["ServiceConfigurationError", 2] } as const;
  const schema = era.isOld ? oldServiceSchema : serviceSchema;
  const { values, parts, whole } = readSection(reading, schema, block ?? {}, path, notes);
  const lifted = liftLegacyKeys(values, path);
  const startTime = readStartTime(reading, values, path, plugin);
  const windowMaxSeconds = readWindow(reading, values.override_query_window_max_seconds, path, plugin);
  const tagVersion = readTagVersion(reading, values.tag_version, path, plugin) ?? era.tagVersion;
  const ownTag = values.override_tag ?? values.tag ?? null;
  const remark = ownTag === null ? null : tagRemark(ownTag);
  if (remark?.severity === "warning") {
    const message = `found ${
      shownValue(ownTag)
    }, expected ${remark.expected}; Devo may not find a table for it`;
    report(
      reading,
      "warning",
      [...path, values.override_tag === undefined ? "tag" : "override_tag"],
      message,
    );
  }
  const obfuscation = (parts.obfuscation_data ?? []).map((rule, index) =>
    readObfuscationRule(reading, rule, [...path, "obfuscation_data", index])
  );
  if (whole === null) return { config: null, lifted };
  return {
    lifted,
    config: {
      name: plugin.service,
      configuredName: String(path.at(-1)),
      enabled: whole.enabled,
      periodSeconds: whole.request_period_in_seconds,
      startTime,
      additionalFilter: whole.additional_filter ?? null,
      overrideTag: ownTag ?? (tagVersion === "v1" ? v1Tag(plugin.service) : null),
      tagVersion,
      windowMaxSeconds,
      rereadAfterSeconds: whole.reread_after_seconds ?? whole.sweep_after_seconds ?? null,
      rereadMaxSeconds: whole.reread_max_seconds ?? whole.sweep_max_seconds ?? null,
      trackUpdates: whole.track_updates,
      requestLimits: requestLimitsOf(whole.requests_limits, whole.requests_per_second),
      obfuscation: obfuscation.flatMap((rule) => rule ?? []),
    },
  };
}

type StartTime = NonNullable<ServiceConfig["startTime"]>;

function readStartTime(
  reading: Reading,
  values: { readonly start_time_in_utc?: StartTime | undefined; readonly start_time?: StartTime | undefined },
  path: Path,
  plugin: Plugin,
): StartTime | null {
  const { start_time_in_utc: current, start_time: older } = values;
  if (current !== undefined && older !== undefined) {
    report(reading, "warning", [...path, "start_time"], "ignored, as start_time_in_utc is given");
  }
  const start = current ?? older;
  if (start === undefined) return null;
  const at = [...path, current === undefined ? "start_time" : "start_time_in_utc"];
  if (takesNoTime(plugin)) {
    report(reading, "warning", at, `ignored: ${plugin.service} is read whole and takes no start time`);
    return null;
  }
  if (compareInstants(start.instant, reading.options.now) >= 0) {
    const message = `found ${shownValue(start.text)}, expected a time in the past`;
    report(reading, "error", at, message, { collector: ["InitVariablesError", 2] });
  }
  return start;
}

function readWindow(
  reading: Reading,
  seconds: number | undefined,
  path: Path,
  plugin: Plugin,
): number | null {
  if (seconds === undefined || !takesNoTime(plugin)) return seconds ?? null;
  const at = [...path, "override_query_window_max_seconds"];
  report(reading, "warning", at, `ignored: ${plugin.service} is read whole and has no window`);
  return null;
}

function readTagVersion(
  reading: Reading,
  version: "v1" | "v2" | undefined,
  path: Path,
  plugin: Plugin,
): "v1" | "v2" | null {
  if (version === undefined) return null;
  if (v1Tag(plugin.service) !== null) return version;
  const message = `ignored: ${plugin.service} never had a choice of tags`;
  const details = version === "v2"
    ? { collector: ["MicrosoftGraphPullerCreationException", 38] } as const
    : {};
  report(reading, "warning", [...path, "tag_version"], message, details);
  return null;
}

function takesNoTime(plugin: Plugin): boolean {
  return plugin.cursor.kind === "snapshot" && plugin.cursor.field === undefined;
}
