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

const table = {
  // Requests
  "graphtap_requests_total": counter("Requests to Graph, repeated ones counted again.", ...STREAM),
  "graphtap_request_errors_total": counter(
    "Requests that failed, by error code, whether or not they were repeated.",
    ...STREAM,
    "code",
  ),

  // Polls and records
  "graphtap_polls_total": counter("Polls that read their stream to its end.", ...STREAM),
  "graphtap_poll_errors_total": counter("Polls that failed, by error code.", ...STREAM, "code"),
  "graphtap_records_sent_total": counter(
    "Records that the sink, or a confirmed pull, has taken.",
    ...STREAM,
  ),
  "graphtap_records_duplicate_total": counter("Records met again and not delivered again.", ...STREAM),
  "graphtap_records_late_total": counter(
    "Records that only a re-read of an older window found.",
    ...STREAM,
  ),
  "graphtap_records_late_by_seconds": gauge(
    "How old the oldest was of the records that a re-read found last.",
    ...STREAM,
  ),

  // How far a stream is
  "graphtap_gaps": gauge("Ranges that could not be read and are tried again.", ...STREAM),
  "graphtap_gap_seconds": gauge("How much time these ranges cover together.", ...STREAM),
  "graphtap_last_success_timestamp_seconds": gauge("When the stream was last read to its end.", ...STREAM),
  "graphtap_position_lag_seconds": gauge(
    "How far the position is behind now; it grows between polls.",
    ...STREAM,
  ),
  "graphtap_oldest_unread_seconds": gauge(
    "The age of the oldest time that is still unread: a gap, a backfill, or what is new.",
    ...STREAM,
  ),
  "graphtap_backfill_seconds": gauge("Older time that is still unread behind the position.", ...STREAM),
  "graphtap_backfill_end_timestamp_seconds": gauge(
    "When older time is likely to have been read; absent when nobody can tell.",
    ...STREAM,
  ),
  "graphtap_reread_lag_seconds": gauge(
    "How far the deepest re-read for late records is behind its time.",
    ...STREAM,
  ),
  "graphtap_newest_record_timestamp_seconds": gauge("Time of the newest delivered record.", ...STREAM),

  // The server and its process
  "graphtap_event_listeners": gauge("Listeners at /v1/events."),
  "graphtap_batches_waiting": gauge("Batches sent or being sent, and not yet confirmed."),
  "graphtap_info": gauge("This program.", "version"),
  "process_resident_memory_bytes": gauge("Resident memory."),
  "process_start_time_seconds": gauge("When the process began."),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof table;

/** All metrics, in the order in which they are shown. */
export const metrics: Readonly<Record<MetricName, Metric>> = table;

/** One measured value and what it is of. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** A distribution for a histogram. */
  readonly value: number | Distribution;
}

/** What was measured: of every metric its samples, or none. */
export type Measured = Readonly<Record<MetricName, readonly Sample[]>>;
