/** The shape of `/v1/status`: what page, `/readyz` and a terminal show, in units that their names say. */
import * as z from "zod";
import { VERDICTS } from "./verdict.ts";
import { WAITS } from "./waits.ts";

const count = z.int().min(0);
const seconds = z.number().min(0);
const time = z.iso.datetime().describe("RFC 3339, UTC");
const verdict = z.enum(VERDICTS).describe(
  "failing: polls fail. gap: a range could not be read. late: further behind than its period explains. " +
    "lost: Graph dropped a range before it was read. waiting: not read yet. healthy: none of these",
);

const gap = z.strictObject({
  from: time,
  to: time,
  seconds,
  reason: z.string().describe("code of the failure"),
  since: time.describe("when it was met first"),
  attempts: count.describe("how often it was tried again"),
  next_try: time,
});

const lost = z.strictObject({
  from: time,
  to: time,
  seconds,
  reason: z.string().describe(
    "code of the failure that kept it from being read; retention where only time did",
  ),
  since: time.describe("when it was given up"),
});

const backfill = z.strictObject({
  seconds_left: seconds.describe("how much older time is still to be read"),
  share: z.number().min(0).max(1).describe(
    "read of what was to be read when this began, or this process did",
  ),
  ends: time.nullable().describe("when it is likely to have been read; null when nobody can tell"),
});

const stream = z.strictObject({
  input: z.string(),
  service: z.string(),
  verdict,
  since: time.nullable().describe("since when it is not healthy; null when it is"),
  code: z.string().nullable().describe(
    "code of the failure that polls end with, or requests meet; null without",
  ),
  detail: z.string().nullable().describe("its message"),
  polling: z.boolean().describe("whether it is being read"),
  waits_for: z.enum(WAITS).nullable().describe(
    "what its request waits for: permit, a place in a budget of requests; graph, an answer; null without one",
  ),
  waits_seconds: seconds.nullable().describe("for how long"),
  next_poll: time.nullable().describe("null while it is being read, and where only clients pull"),
  period_seconds: seconds,
  last_poll: time.nullable(),
  last_success: time.nullable(),
  read_to: time.nullable().describe("every older record was read, but for backfill and gaps"),
  lag_seconds: seconds.nullable().describe("how far that is behind now"),
  newest_record: time.nullable(),
  records: count.describe("delivered since the stream began, to the end of its last poll"),
  sent: count.describe("delivered since the process began"),
  records_per_minute: z.number().min(0).describe("over the last hour, or since the process began"),
  records_by_minute: z.array(count).describe("of the last 60 minutes, oldest first; empty when none came"),
  late_records: count.describe("found by a re-read since the process began"),
  late_by_seconds: seconds.nullable().describe("age of the oldest of those that were found last"),
  reread_lag_seconds: seconds.nullable().describe("how far the deepest re-read is behind its time"),
  backfill: backfill.nullable(),
  gaps: count,
  gap_seconds: seconds.describe("how much time the gaps cover"),
  gap_ranges: z.array(gap).describe("oldest first"),
  lost: count.describe(
    "ranges that Graph dropped before they were read; for 30 days, or until they are forgotten",
  ),
  lost_seconds: seconds.describe("how much time these cover"),
  lost_ranges: z.array(lost).describe("oldest first"),
  batch_waiting: z.boolean().describe("whether a client has a batch that it has not confirmed"),
});

const need = z.strictObject({
  input: z.string(),
  service: z.string().nullable().describe("null when it lies with the whole input"),
  streams: count.describe("how many streams it holds up"),
  verdict,
  cause: z.string().describe("goes on after the name: lacks a permission"),
  since: time.nullable(),
  detail: z.string().nullable().describe("what was met, in full"),
  todo: z.string(),
  command: z.string().describe("tells more; of a POSIX shell"),
});

export const statusSchema = z.strictObject({
  version: z.string(),
  now: time,
  started: time,
  shard: z.strictObject({
    shard: z.string().describe("such as 0/4"),
    inputs: count.describe("enabled inputs of this shard"),
    of_inputs: count.describe("enabled inputs of all shards"),
  }).nullable().describe("which inputs of the configuration are this process's; null when all are"),
  polls: z.boolean().describe("whether streams are polled at their periods; if not, clients pull"),
  verdict: verdict.describe(
    "the worst of all streams; late when the sink takes nothing or refused lines, the clock is wrong, the " +
      "configuration that was read last is not in use, or something in the state folder was damaged",
  ),
  summary: z.string().describe("one sentence"),
  counts: z.record(z.enum(VERDICTS), count).describe("streams by verdict"),
  sink_stalled_seconds: seconds.describe("for how long lines have waited for the sink; 0 when they do not"),
  dead_letters: z.strictObject({ path: z.string(), bytes: count }).nullable().describe(
    "the file with lines that the receiver will never take; null while there is none",
  ),
  clock_ahead_seconds: z.number().describe(
    "how far this host's clock is ahead of Graph's, below zero when it is behind; 0 within five minutes",
  ),
  configuration: z.strictObject({
    read: time.describe("when the one in use was read"),
    problem: z.strictObject({
      at: time.describe("when it was read"),
      code: z.string(),
      detail: z.string().describe("each problem with its place, a line each"),
    }).nullable().describe("why the one that was read last is not in use; null when it is"),
  }),
  state_damage: z.array(z.string()).describe(
    "what was found damaged in the state folder since the process began, and what that costs, a line each",
  ),
  needs: z.array(need).describe("what somebody should look at, the worst first"),
  streams: z.array(stream).describe("in the order of the configuration"),
}).meta({ title: "Status of graphtap" });

/** The same as JSON Schema. */
export function statusJsonSchema(): object {
  return z.toJSONSchema(statusSchema);
}

/** The whole document. */
export type Status = z.output<typeof statusSchema>;
/** A stream in it. */
export type StreamStatus = z.output<typeof stream>;
/** What somebody should look at. */
export type Need = z.output<typeof need>;
