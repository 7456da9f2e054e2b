/** A service of an input: its keys, and what they mean for its plugin. */
import * as z from "zod";
import { compareInstants, type Instant } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { tagRemark } from "../plugin/tagRule.ts";
import { checkBlock, type CheckContext, type CheckedBlock, isBlank, isSwitchedOff } from "./check.ts";
import type { CollectorVersion } from "./collectorVersion.ts";
import type { ReadOptions, ServiceConfig, ServiceDefaults } from "./config.ts";
import { filterClause, flag, integer, key, positive, tag } from "./field.ts";
import { legacyKeys, v1Tag } from "./legacy.ts";
import { obfuscationSchema, readObfuscationRule, type RuleReaders } from "./obfuscation.ts";
import type { Path } from "./document/places.ts";
import { type Report, shownValue } from "./document/problems.ts";
import { requestLimitsOf, requestLimitsSchema } from "./requestLimits.ts";
import { startTime } from "./startTime.ts";

const atLeastAMinute = integer(60, "seconds");

/** Seconds, each age above the one before. */
const rereadAges = z.array(atLeastAMinute, { error: "a list of ages in seconds" }).refine(
  (ages) => ages.every((age, index) => index === 0 || age > ages[index - 1]!),
  { error: "ages that grow from each to the next" },
);

/** The names of 0.1, which mean the same. */
const renamed = {
  sweep_after_seconds: key(rereadAges.optional(), "Old name of reread_after_seconds.", {
    renamed: "reread_after_seconds",
    unit: "seconds",
  }),
  sweep_max_seconds: key(atLeastAMinute.optional(), "Old name of reread_max_seconds.", {
    renamed: "reread_max_seconds",
    unit: "seconds",
  }),
};

/** The keys of a service. */
export const serviceSchema = z.strictObject({
  enabled: key(flag().default(true), "Whether the service is pulled."),
  request_period_in_seconds: key(
    atLeastAMinute.default(300),
    "From the start of a pull to the start of the next.",
    { unit: "seconds" },
  ),
  start_time_in_utc: key(
    startTime().optional(),
    "Where to begin, in the past. A date alone is its midnight; no offset is UTC. Another value resets the position.",
    { wrong: ["InitVariablesError", 1], examples: ["2026-01-01T00:00:00Z"] },
  ),
  additional_filter: key(filterClause().optional(), "An OData clause, and-ed to the service's own.", {
    examples: ["status/errorCode ne 0"],
  }),
  override_tag: key(tag().optional(), "Replaces the whole tag.", { examples: ["my.app.graph.signins"] }),
  override_query_window_max_seconds: key(
    integer(1, "seconds").optional(),
    "The longest time range to ask for at once.",
    { unit: "seconds" },
  ),
  reread_after_seconds: key(
    rereadAges.optional(),
    "Ages at which what was read is read again for records that arrived late. An empty list: never.",
    { unit: "seconds", examples: [[300, 900, 3600, 21600, 86400]] },
  ),
  reread_max_seconds: key(
    atLeastAMinute.optional(),
    "How old re-reads may become where the deepest still finds late records: re-reads twice as deep are added up to this, " +
      "and go again when they find nothing. Four times the deepest when it is absent; 60 for never.",
    { unit: "seconds", examples: [345_600] },
  ),
  track_updates: key(
    flag().default(true),
    "Whether an alert, score or control leaves again when it changes.",
  ),
  removed: key(
    flag().default(false),
    "Whether an event tells of each record that is not in its collection any more; only where a collection is read whole.",
  ),
  obfuscation_data: key(
    z.array(obfuscationSchema, { error: "a list of rules" }).default([]),
    "What to mask in each record.",
  ),
  requests_per_second: key(positive().optional(), "A cap for this service, beside all others.", {
    unit: "requests per second",
  }),
  requests_limits: key(requestLimitsSchema.optional(), "Caps for this service, beside all others.", {
    examples: [[{ period: "1m", number_of_requests: 60 }]],
  }),
  ...renamed,
  ...legacyKeys,
}).meta({ id: "service", description: "A service. Only those named here run." });

/** The same with the defaults and limits of the 1.x line. */
const oldServiceSchema = serviceSchema.extend({
  request_period_in_seconds: key(
    integer(1, "seconds").default(60),
    "From the start of a pull to the start of the next.",
    { unit: "seconds" },
  ),
});

/** A service whose keys were checked, one by one. */
export interface CheckedService {
  readonly path: Path;
  readonly plugin: Plugin;
  readonly version: CollectorVersion;
  readonly block: CheckedBlock<typeof serviceSchema.shape>;
  /** Whether it says `enabled: false`. */
  readonly isOff: boolean;
}

/** Checks the block of a service; one without settings (`signIns:`) has the defaults. */
export function checkService(
  context: CheckContext,
  value: unknown,
  path: Path,
  plugin: Plugin,
  version: CollectorVersion,
): CheckedService {
  const notes = { wrong: ["ServiceConfigurationError", 2] } as const;
  const schema = version.isOld ? oldServiceSchema : serviceSchema;
  const block = checkBlock(context, schema, isBlank(value) ? {} : value ?? {}, path, notes);
  return { path, plugin, version, block, isOff: isSwitchedOff(value) };
}

/** What a service is to do; `null` when something in it is wrong. All that can be judged is judged all the same. */
export function serviceConfig(
  { path, plugin, version, block: { values, given, parts, whole } }: CheckedService,
  defaults: ServiceDefaults | undefined,
  options: ReadOptions & RuleReaders,
  report: Report,
): ServiceConfig | null {
  const startTime = startTimeOf(values, path, plugin, options.now, report);
  const windowMaxSeconds = windowOf(values.override_query_window_max_seconds, path, plugin, report);
  if (values.additional_filter !== undefined) judgeFilter(path, plugin, report);
  const tagVersion = tagVersionOf(values.tag_version, path, plugin, report) ?? version.tagVersion;
  const ownTag = values.override_tag ?? values.tag ?? null;
  if (ownTag !== null) {
    judgeTag(ownTag, [...path, values.override_tag === undefined ? "tag" : "override_tag"], report);
  }
  const obfuscation = (parts.obfuscation_data ?? []).map((rule, index) =>
    readObfuscationRule(rule, [...path, "obfuscation_data", index], options, report)
  );
  if (whole === null) return null;
  return {
    name: plugin.service,
    configuredName: String(path.at(-1)),
    enabled: whole.enabled,
    periodSeconds: given.request_period_in_seconds ?? defaults?.periodSeconds ??
      whole.request_period_in_seconds,
    startTime,
    lookbackDays: whole.override_time_delta_in_days ?? 0,
    additionalFilter: whole.additional_filter ?? null,
    overrideTag: ownTag ?? (tagVersion === "v1" ? v1Tag(plugin.service) : null),
    tagVersion,
    windowMaxSeconds: windowMaxSeconds ?? (takesNoTime(plugin) ? null : defaults?.windowMaxSeconds ?? null),
    rereadAfterSeconds: whole.reread_after_seconds ?? whole.sweep_after_seconds ??
      defaults?.rereadAfterSeconds ?? null,
    rereadMaxSeconds: whole.reread_max_seconds ?? whole.sweep_max_seconds ?? defaults?.rereadMaxSeconds ??
      null,
    trackUpdates: given.track_updates ?? defaults?.trackUpdates ?? whole.track_updates,
    tellsRemoved: whole.removed && isReadWhole(values.removed, path, plugin, report),
    requestLimits: requestLimitsOf(whole.requests_limits, whole.requests_per_second),
    obfuscation: obfuscation.flatMap((rule) => rule ?? []),
  };
}

function isReadWhole(asked: boolean | undefined, path: Path, plugin: Plugin, report: Report): boolean {
  if (plugin.cursor.kind === "snapshot") return true;
  if (asked === true) {
    report(
      "warning",
      [...path, "removed"],
      `ignored: ${plugin.service} is a log, from which nothing is removed`,
    );
  }
  return false;
}

function judgeTag(tag: string, path: Path, report: Report): void {
  const remark = tagRemark(tag);
  if (remark?.severity !== "warning") return;
  const found = `found ${shownValue(tag)}, expected ${remark.expected}`;
  report("warning", path, `${found}; Devo may not find a table for it`);
}

/** Neither the query of a table nor that of a job has an OData clause. */
function judgeFilter(path: Path, { service, cursor }: Plugin, report: Report): void {
  if (cursor.kind !== "query" && cursor.kind !== "job") return;
  const member = cursor.kind === "query" ? "cursor.operators" : "cursor.filters";
  const message =
    `${service} takes no OData clause; a service of your own in globals.plugins asks for less by ${member}`;
  report("error", [...path, "additional_filter"], message);
}

type StartTime = NonNullable<ServiceConfig["startTime"]>;

function startTimeOf(
  values: {
    readonly start_time_in_utc?: StartTime | undefined;
    readonly start_time?: StartTime | undefined;
    readonly override_time_delta_in_days?: number | undefined;
  },
  path: Path,
  plugin: Plugin,
  now: Instant,
  report: Report,
): StartTime | null {
  const { start_time_in_utc: current, start_time: older } = values;
  if (current !== undefined && older !== undefined) {
    report("warning", [...path, "start_time"], "ignored, as start_time_in_utc is given");
  }
  const start = current ?? older;
  if (start === undefined) return null;
  const at = [...path, current === undefined ? "start_time" : "start_time_in_utc"];
  if (values.override_time_delta_in_days !== undefined) {
    report("warning", [...path, "override_time_delta_in_days"], `ignored, as ${at.at(-1)} is given`);
  }
  if (takesNoTime(plugin)) {
    report("warning", at, `ignored: ${plugin.service} is read whole and takes no start time`);
    return null;
  }
  if (compareInstants(start.instant, now) >= 0) {
    const message = `found ${shownValue(start.text)}, expected a time in the past`;
    report("error", at, message, { collector: ["InitVariablesError", 2] });
  }
  return start;
}

function windowOf(
  seconds: number | undefined,
  path: Path,
  plugin: Plugin,
  report: Report,
): number | null {
  if (seconds === undefined || !takesNoTime(plugin)) return seconds ?? null;
  const at = [...path, "override_query_window_max_seconds"];
  report("warning", at, `ignored: ${plugin.service} is read whole and has no window`);
  return null;
}

function tagVersionOf(
  version: "v1" | "v2" | undefined,
  path: Path,
  plugin: Plugin,
  report: Report,
): "v1" | "v2" | null {
  if (version === undefined) return null;
  if (v1Tag(plugin.service) !== null) return version;
  const message = `ignored: ${plugin.service} never had a choice of tags`;
  const details = version === "v2"
    ? { collector: ["MicrosoftGraphPullerCreationException", 38] } as const
    : {};
  report("warning", [...path, "tag_version"], message, details);
  return null;
}

function takesNoTime(plugin: Plugin): boolean {
  return plugin.cursor.kind === "snapshot" && plugin.cursor.field === undefined;
}
