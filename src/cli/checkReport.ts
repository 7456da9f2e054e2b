/** What `graphtap check --json` prints: a shape that stays, for editors and for builds. */
import * as z from "zod";
import type { Config } from "../config/config.ts";
import { failureFields, problemFields } from "../config/document/problems.ts";
import type { ParsedConfig } from "../config/load.ts";
import { isOfShard, type Shard, shareOf } from "../config/shard.ts";
import type { GraphtapError } from "../errors.ts";

const problemSchema = z.object({
  file: z.string().describe("As it was named; - for standard input."),
  line: z.int().min(1).nullable().describe("From 1; null where the problem has no place in the file."),
  column: z.int().min(1).nullable().describe("From 1, in UTF-16 units."),
  key: z.string().describe("Dotted, such as inputs.contoso.services.signIns; empty for the whole file."),
  severity: z.enum(["error", "warning"]),
  code: z.string().nullable().describe("Of an error, one of graphtap's codes; of a warning, null."),
  message: z.string(),
  collector: z.string().nullable().describe("The old collector's name and number for it, where it has one."),
});

const reportSchema = z.object({
  valid: z.boolean().describe("Whether run would start with it."),
  problems: z.array(problemSchema).describe("In the order of the file."),
  streams: z.array(z.object({
    input: z.string(),
    service: z.string(),
    period_seconds: z.int(),
    start_time: z.string().nullable().describe("As written; null for now on."),
  })).describe("What would be read, of --shard only its part; empty where it is not valid."),
  shard: z.object({
    shard: z.string(),
    inputs: z.int().describe("Enabled inputs of this shard."),
    of_inputs: z.int().describe("Enabled inputs of all shards."),
  }).nullable().describe("What --shard asked for; null without it, and where it is not valid."),
}).meta({ title: "What graphtap check --json prints" });

/** All of a check. */
export type CheckReport = z.output<typeof reportSchema>;

/** JSON Schema (2020-12) of a report. Whoever reads one must not mind a member that is new. */
export function checkReportSchema(): object {
  return z.toJSONSchema(reportSchema, { io: "input" });
}

/** The report on a configuration that was read. */
export function checkReport(
  file: string,
  { config, problems }: ParsedConfig,
  shard: Shard | null = null,
): CheckReport {
  return {
    valid: config !== null,
    problems: problems.filter(({ isAdvice }) => config !== null || !isAdvice).map((one) =>
      problemFields(file, one)
    ),
    streams: config === null ? [] : checkedStreams(config, shard),
    shard: config === null ? null : shareOf(config.inputs, shard),
  };
}

/** The report on a configuration that could not be read at all. */
export function failureReport(file: string, error: GraphtapError): CheckReport {
  return { valid: false, problems: [failureFields(file, error)], streams: [], shard: null };
}

/** What would be read, stream by stream; of a shard what is its. */
export function checkedStreams(
  { inputs }: Pick<Config, "inputs">,
  shard: Shard | null = null,
): CheckReport["streams"] {
  return inputs.filter(({ enabled, id }) => enabled && isOfShard(id, shard)).flatMap((input) =>
    input.services.filter(({ enabled }) => enabled).map(({ name, periodSeconds, startTime }) => ({
      input: input.name,
      service: name,
      period_seconds: periodSeconds,
      start_time: startTime?.text ?? null,
    }))
  );
}
