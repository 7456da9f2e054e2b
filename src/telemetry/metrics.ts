/**
 * The table of metrics. What `/metrics` answers, its documentation (`src/METRICS.md`), the dashboard and the rules of
 * alerts are made of it: a name that is not in here is in none of them.
 *
 * Names end in the base unit (`_seconds`, `_bytes`, `_ratio`), those of counters in `_total`
 * (prometheus.io/docs/practices/naming). Labels take their values from the configuration, from tables of this program
 * and from status codes, never from a record.
 */

import type { Distribution } from "./histogram.ts";

/** A metric, apart from what is measured. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
}

const STREAM = ["input", "service"] as const;
const BUDGET = ["input", "budget"] as const;

const counter = (help: string, ...labels: string[]): Metric => ({ type: "counter", labels, help });
const gauge = (help: string, ...labels: string[]): Metric => ({ type: "gauge", labels, help });
const histogram = (help: string, ...labels: string[]): Metric => ({ type: "histogram", labels, help });

const table = {
  // How far a stream is
  "graphtap_period_seconds": gauge("How often the stream is polled.", ...STREAM),
  "graphtap_freshness_seconds": gauge(
    "Time since the stream was last read up to now, or since the start where it never was.",
    ...STREAM,
  ),
  "graphtap_last_success_timestamp_seconds": gauge(
    "When this process last read the stream to its end.",
    ...STREAM,
  ),
  "graphtap_position_lag_seconds": gauge(
    "How far the position is behind now, growing between polls.",
    ...STREAM,
  ),
  "graphtap_newest_record_timestamp_seconds": gauge("Time of the newest delivered record.", ...STREAM),
  "graphtap_stream_error": gauge(
    "1 while polls of the stream fail, or its requests do now, with the code of the failure.",
    ...STREAM,
    "code",
  ),
  "graphtap_gaps": gauge("Ranges that could not be read and are tried again.", ...STREAM),
  "graphtap_gap_seconds": gauge("How much time these ranges cover together.", ...STREAM),
  "graphtap_lost_seconds": gauge(
    "How much time Graph dropped before it was read, for 30 days or until somebody has taken note of it.",
    ...STREAM,
  ),
  "graphtap_oldest_unread_seconds": gauge(
    "The age of the oldest time that is still unread: a gap, a backfill, or what is new.",
    ...STREAM,
  ),
  "graphtap_unread_expiry_timestamp_seconds": gauge(
    "When Graph drops what is oldest of that, by the retention that Microsoft documents at most.",
    ...STREAM,
  ),
  "graphtap_backfill_seconds": gauge("Older time that is still unread behind the position.", ...STREAM),
  "graphtap_backfill_done_ratio": gauge(
    "The share that is read of the older time that was to be read when this began, or the process did.",
    ...STREAM,
  ),
  "graphtap_backfill_end_timestamp_seconds": gauge(
    "When older time is likely to have been read, absent when nobody can tell.",
    ...STREAM,
  ),
  "graphtap_reread_lag_seconds": gauge(
    "How far the deepest re-read for late records is behind its time.",
    ...STREAM,
  ),

  // Polls and records
  "graphtap_polls_total": counter("Polls that read their stream to its end.", ...STREAM),
  "graphtap_poll_errors_total": counter("Polls that failed, by error code.", ...STREAM, "code"),
  "graphtap_records_sent_total": counter("Records that the sink, or a confirmed pull, has taken.", ...STREAM),
  "graphtap_records_duplicate_total": counter("Records met again and not delivered again.", ...STREAM),
  "graphtap_records_late_total": counter("Records that only a re-read of an older window found.", ...STREAM),
  "graphtap_records_late_by_seconds": gauge(
    "How old the oldest was of the records that a re-read found last.",
    ...STREAM,
  ),
  "graphtap_records_late_age_seconds": histogram(
    "How old records were that a re-read found, each counted as the oldest of its window.",
    "service",
  ),

  // Requests
  "graphtap_requests_total": counter("Requests for a page, repeated ones counted again.", ...STREAM),
  "graphtap_request_errors_total": counter(
    "Requests for a page that failed, by error code, whether or not they were repeated.",
    ...STREAM,
    "code",
  ),
  "graphtap_responses_total": counter(
    "Requests that were sent, by the class of the answer's status, or none where no answer came.",
    ...STREAM,
    "status",
  ),
  "graphtap_request_duration_seconds": histogram(
    "Time from the sending of a request to the beginning of its answer.",
    "service",
  ),
  "graphtap_received_bytes_total": counter("Bytes of pages, inflated.", ...STREAM),
  "graphtap_permits_total": counter(
    "Requests that a budget let go, by what they were for.",
    ...BUDGET,
    "priority",
  ),
  "graphtap_permit_wait_seconds_total": counter(
    "Time that these requests waited for it.",
    ...BUDGET,
    "priority",
  ),
  "graphtap_budget_used_ratio": gauge(
    "The share of a budget that is used now, and 1 while Graph wants a pause after a 429.",
    ...BUDGET,
  ),
  "graphtap_tokens_total": counter("Tokens that the login service gave.", "input"),
  "graphtap_token_failures_total": counter("Requests for a token that failed.", "input"),
  "graphtap_credential_expiry_timestamp_seconds": gauge(
    "When the credential of an input ends, absent where nobody can tell.",
    "input",
    "credential",
  ),

  // Delivery
  "graphtap_sink_writes_total": counter("Writes that the sink of the server's own polling accepted."),
  "graphtap_sink_bytes_total": counter("Bytes of these writes."),
  "graphtap_sink_wait_seconds_total": counter("Time that polls waited for the sink, all of them together."),
  "graphtap_sink_idle_seconds": gauge(
    "How long the sink has taken nothing although lines wait for it.",
  ),
  "graphtap_sink_retries_total": counter(
    "How often lines were sent again since the receiver did not take them.",
  ),
  "graphtap_sink_set_aside_total": counter(
    "Lines that the receiver refused and that are in the dead-letter file.",
  ),
  "graphtap_spool_bytes": gauge("Bytes of all files of the spool."),
  "graphtap_spool_limit_bytes": gauge("What these files may hold, absent without --max-spool-bytes."),
  "graphtap_event_listeners": gauge("Listeners at /v1/events."),
  "graphtap_batches_waiting": gauge("Batches sent or being sent, and not yet confirmed."),

  // The process
  "graphtap_config_reloads_total": counter("How often the configuration was read again.", "result"),
  "graphtap_config_last_reload_successful": gauge("1 while the configuration that was read last is in use."),
  "graphtap_config_last_reload_success_timestamp_seconds": gauge("When the configuration in use was read."),
  "graphtap_shard_inputs": gauge("Enabled inputs of this shard, absent where there are no shards.", "shard"),
  "graphtap_standing_by": gauge("1 while another process has the state folder, and this one waits for it."),
  "graphtap_build_info": gauge("This program and what runs it.", "version", "runtime"),
  "graphtap_info": gauge("This program, by the name of 0.1.", "version"),
  "process_cpu_seconds_total": counter("Processor time, of user and system together."),
  "process_resident_memory_bytes": gauge("Resident memory."),
  "process_start_time_seconds": gauge("When the process began."),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof table;

/** All metrics, in the order in which they are shown. */
export const metrics: Readonly<Record<MetricName, Metric>> = table;

/** A name for an expression: one that is not in the table does not compile. */
export const metricName = (name: MetricName): string => name;

/** One measured value and what it is of. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** A distribution for a histogram. */
  readonly value: number | Distribution;
}

/** What was measured: of every metric its samples, or none. */
export type Measured = Readonly<Record<MetricName, readonly Sample[]>>;
