/** The keys of a service, of 2.x and of 1.x. */
import * as z from "zod";
import { tagRemark } from "../plugin/tagRule.ts";
import { choice, flag, integer, key, positive, text } from "./field.ts";
import { filterClauseRemark } from "./filterClause.ts";
import { explosivePart } from "./patternSafety.ts";
import { secretSchema } from "./inputSchema.ts";
import { requestLimitsSchema } from "./requestLimits.ts";
import { parseStartTime } from "./startTime.ts";

const TIME_EXPECTED = "an ISO 8601 time such as 2026-01-01T00:00:00Z";

function startTime() {
  return text(TIME_EXPECTED).transform((written, context) => {
    const instant = parseStartTime(written);
    if (instant !== null) return { text: written, instant };
    context.addIssue({ code: "custom", message: TIME_EXPECTED });
    return z.NEVER;
  });
}

const filterClause = text("an OData clause").superRefine((clause, context) => {
  const expected = filterClauseRemark(clause);
  if (expected !== null) context.addIssue({ code: "custom", message: expected });
});

const tag = text("a Devo tag").superRefine((value, context) => {
  const remark = tagRemark(value);
  if (remark?.severity === "error") context.addIssue({ code: "custom", message: remark.expected });
});

const pattern = z.string({ error: "a regular expression" }).min(1, "a regular expression").refine(
  (source) => {
    try {
      return new RegExp(source) instanceof RegExp;
    } catch {
      return false;
    }
  },
  // What follows reads the pattern, and so needs one.
  { error: "a regular expression that JavaScript understands", abort: true },
).refine((source) => explosivePart(source) === null, {
  error: "a regular expression that cannot take forever: no repetition inside a repeated group, " +
    "no repeated choice whose branches begin alike, no two repetitions of the same characters in a row",
});

/** One rule of `obfuscation_data`. */
export const obfuscationSchema = z.strictObject({
  name: key(
    z.array(text("a key"), { error: "a list of keys" }).min(1, "a list of at least one key"),
    'Path from the record\'s top, key by key; "*" is every key or element.',
    { examples: [["location", "*"]] },
  ),
  value: key(
    z.union([z.string(), z.number(), z.boolean()], { error: "a text, a number, true or false" }).optional(),
    "The replacement; a default by type when it is absent.",
  ),
  string_patterns: key(
    z.array(pattern, { error: "a list of regular expressions" }).optional(),
    "Replace only what one of these matches.",
    { examples: [["[0-9]+$"]] },
  ),
  pseudonym: key(
    z.strictObject({ key: key(secretSchema, "The key, 16 characters or more.", { secret: true }) }, {
      error: "a block with key",
    }).optional(),
    "Replace the value by a token that is always the same for the same value under the same key.",
    { examples: [{ key: { env: "GRAPHTAP_PSEUDONYM_KEY" } }] },
  ),
});

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

function rereadAges() {
  return z.array(integer(60, "seconds"), { error: "a list of ages in seconds" }).refine(
    (ages) => ages.every((age, index) => index === 0 || age > ages[index - 1]!),
    { error: "ages that grow from each to the next" },
  );
}

const renamed = {
  sweep_after_seconds: key(rereadAges().optional(), "Old name of reread_after_seconds.", {
    renamed: "reread_after_seconds",
    unit: "seconds",
  }),
  sweep_max_seconds: key(integer(60, "seconds").optional(), "Old name of reread_max_seconds.", {
    renamed: "reread_max_seconds",
    unit: "seconds",
  }),
};

const retired = {
  tag: key(tag.optional(), "1.x name of override_tag.", {
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
  override_time_delta_in_days: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: use start_time_in_utc",
  }),
  pull_sliding_window_timespan_period: key(z.unknown().optional(), "1.x.", {
    retired: "without effect: use override_query_window_max_seconds",
  }),
  ms_365_environment: key(text().optional(), "1.x: the cloud.", {
    retired: "use override_top_level_domain of the input (us for GCC High)",
  }),
  custom_endpoints: key(customEndpoints.optional(), "1.x: addresses, now of the input.", {}),
};

/** A service of an input. */
export const serviceSchema = z.strictObject({
  enabled: key(flag().default(true), "Whether the service is pulled."),
  request_period_in_seconds: key(
    integer(60, "seconds").default(300),
    "From the start of a pull to the start of the next.",
    { unit: "seconds" },
  ),
  start_time_in_utc: key(
    startTime().optional(),
    "Where to begin, in the past. A date alone is its midnight; no offset is UTC. Another value resets the position.",
    { wrong: ["InitVariablesError", 1], examples: ["2026-01-01T00:00:00Z"] },
  ),
  additional_filter: key(filterClause.optional(), "An OData clause, and-ed to the service's own.", {
    examples: ["status/errorCode ne 0"],
  }),
  override_tag: key(tag.optional(), "Replaces the whole tag.", { examples: ["my.app.graph.signins"] }),
  override_query_window_max_seconds: key(
    integer(1, "seconds").optional(),
    "The longest time range to ask for at once.",
    { unit: "seconds" },
  ),
  reread_after_seconds: key(
    rereadAges().optional(),
    "Ages at which what was read is read again for records that arrived late. An empty list: never.",
    { unit: "seconds", examples: [[300, 900, 3600, 21600, 86400]] },
  ),
  reread_max_seconds: key(
    integer(60, "seconds").optional(),
    "How old re-reads may become where the deepest still finds late records: re-reads twice as deep are added up to this, " +
      "and go again when they find nothing. Four times the deepest when it is absent; 60 for never.",
    { unit: "seconds", examples: [345_600] },
  ),
  track_updates: key(
    flag().default(true),
    "Whether an alert, score or control leaves again when it changes.",
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
  ...retired,
}).meta({ id: "service", description: "A service. Only those named here run." });

/** The same with the defaults and limits of the 1.x line. */
export const oldServiceSchema = serviceSchema.extend({
  request_period_in_seconds: key(
    integer(1, "seconds").default(60),
    "From the start of a pull to the start of the next.",
    { unit: "seconds" },
  ),
});
