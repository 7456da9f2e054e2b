/** What the dashboard shows, by the metrics of the table. `$…` are variables of Grafana. */
import { type MetricName, metricName } from "./metrics.ts";

/** A unit, as Grafana calls it. */
export type Unit = "short" | "s" | "bytes" | "Bps" | "percentunit" | "dateTimeFromNow" | "cpm";

export interface Query {
  readonly expr: string;
  /** What the line, or the column, is called; `{{label}}` is filled in. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** `table`: the newest values side by side, one line for each set of labels. */
  readonly kind: "stat" | "lines" | "table";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width: number;
  /** Whether anything but none is bad, and red. @default false */
  readonly isBad?: boolean;
  /** What the figure means, and what to think of it. */
  readonly description?: string;
}

/** Panels below a heading. */
export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const RANGE = "[$__rate_interval]";
const STREAM = '{instance=~"$instance",input=~"$input",service=~"$service"}';
const INPUT = '{instance=~"$instance",input=~"$input"}';
const SERVICE = '{instance=~"$instance",service=~"$service"}';
const SELF = '{instance=~"$instance"}';

const stream = (name: MetricName) => `${metricName(name)}${STREAM}`;
const input = (name: MetricName) => `${metricName(name)}${INPUT}`;
const self = (name: MetricName) => `${metricName(name)}${SELF}`;
const rate = (vector: string) => `rate(${vector}${RANGE})`;
/** Of a histogram by service. */
const quantile = (share: number, name: MetricName) =>
  `histogram_quantile(${share}, sum by (service, le) (${rate(`${metricName(name)}_bucket${SERVICE}`)}))`;
const orNone = (expr: string) => `${expr} or vector(0)`;

const OF_STREAM = "{{input}}/{{service}}";

/** All of the dashboard, row by row. */
export const panelRows: readonly PanelRow[] = [
  { title: "All tenants", panels: overview() },
  { title: "Streams", panels: streams() },
  { title: "Requests and budgets", panels: requests() },
  { title: "Delivery", panels: delivery() },
  { title: "Process", panels: ofProcess() },
];

function stat(title: string, unit: Unit, expr: string, width = 4): Panel {
  return { title, kind: "stat", unit, queries: [{ expr, legend: "" }], width };
}

/** A figure that should be none. */
function bad(title: string, unit: Unit, expr: string): Panel {
  return { ...stat(title, unit, expr), isBad: true };
}

function lines(title: string, unit: Unit, queries: readonly Query[], description?: string): Panel {
  return { title, kind: "lines", unit, queries, width: 8, ...(description !== undefined && { description }) };
}

function overview(): Panel[] {
  const late = `${stream("graphtap_freshness_seconds")} > 3 * ${stream("graphtap_period_seconds")}`;
  const by = (expr: string) => `sum by (input) (${expr})`;
  return [
    stat("Streams", "short", `count(${stream("graphtap_period_seconds")})`),
    bad("Stale streams", "short", orNone(`count(${late})`)),
    bad("Failing streams", "short", orNone(`count(${stream("graphtap_stream_error")})`)),
    bad("Time that is missing", "s", `sum(${stream("graphtap_gap_seconds")})`),
    stat("Records a minute", "cpm", `60 * sum(${rate(stream("graphtap_records_sent_total"))})`),
    stat("Backfills", "short", orNone(`count(${stream("graphtap_backfill_seconds")} > 0)`)),
    {
      title: "Tenants",
      kind: "table",
      unit: "short",
      width: 16,
      queries: [
        { legend: "records a minute", expr: `60 * ${by(rate(stream("graphtap_records_sent_total")))}` },
        { legend: "behind, s", expr: `max by (input) (${stream("graphtap_freshness_seconds")})` },
        { legend: "gaps", expr: by(stream("graphtap_gaps")) },
        { legend: "missing, s", expr: by(stream("graphtap_gap_seconds")) },
        { legend: "lost, s", expr: by(stream("graphtap_lost_seconds")) },
        { legend: "backfill, s", expr: by(stream("graphtap_backfill_seconds")) },
      ],
    },
    {
      title: "What fails",
      kind: "table",
      unit: "short",
      width: 8,
      queries: [{
        legend: "failing",
        expr: `max by (input, service, code) (${stream("graphtap_stream_error")})`,
      }],
    },
    lines("Records", "cpm", [{
      expr: `topk(20, 60 * ${by(rate(stream("graphtap_records_sent_total")))})`,
      legend: "{{input}}",
    }]),
    lines("Behind", "s", [{
      expr: `topk(20, max by (input) (${stream("graphtap_freshness_seconds")}))`,
      legend: "{{input}}",
    }], "Time since the last read up to now, of the stream of a tenant that is furthest behind."),
    lines("Until Graph drops what is unread", "s", [{
      expr: `bottomk(20, min by (input) (${stream("graphtap_unread_expiry_timestamp_seconds")}) - time())`,
      legend: "{{input}}",
    }]),
  ];
}

function streams(): Panel[] {
  const late = rate(stream("graphtap_records_late_total"));
  return [
    lines("Records", "cpm", [
      { expr: `60 * ${rate(stream("graphtap_records_sent_total"))}`, legend: OF_STREAM },
      { expr: `60 * ${rate(stream("graphtap_records_duplicate_total"))}`, legend: `${OF_STREAM} met again` },
    ]),
    lines("Behind", "s", [
      { expr: stream("graphtap_position_lag_seconds"), legend: OF_STREAM },
      { expr: stream("graphtap_period_seconds"), legend: `${OF_STREAM} period` },
    ], "How far the position is behind now. It grows for a period, and falls at each poll."),
    lines("Newest record", "s", [
      { expr: `time() - ${stream("graphtap_newest_record_timestamp_seconds")}`, legend: OF_STREAM },
    ]),
    lines("Polls", "cpm", [
      { expr: `60 * ${rate(stream("graphtap_polls_total"))}`, legend: OF_STREAM },
      { expr: `60 * ${rate(stream("graphtap_poll_errors_total"))}`, legend: `${OF_STREAM} {{code}}` },
    ]),
    lines("Gaps", "s", [
      { expr: stream("graphtap_gap_seconds"), legend: OF_STREAM },
      { expr: stream("graphtap_lost_seconds"), legend: `${OF_STREAM} lost` },
      { expr: stream("graphtap_oldest_unread_seconds"), legend: `${OF_STREAM} oldest unread` },
    ]),
    lines("Backfill, read", "percentunit", [
      { expr: stream("graphtap_backfill_done_ratio"), legend: OF_STREAM },
    ]),
    lines("Backfill, time until its end", "s", [
      { expr: `${stream("graphtap_backfill_end_timestamp_seconds")} - time()`, legend: OF_STREAM },
    ]),
    lines("Late records", "percentunit", [
      { expr: `${late} / ${rate(stream("graphtap_records_sent_total"))}`, legend: OF_STREAM },
    ], "The share of the delivered records that only a re-read found."),
    lines("Age of late records", "s", [
      { expr: quantile(0.5, "graphtap_records_late_age_seconds"), legend: "{{service}} half" },
      { expr: quantile(0.95, "graphtap_records_late_age_seconds"), legend: "{{service}} 95 %" },
      { expr: stream("graphtap_records_late_by_seconds"), legend: `${OF_STREAM} last` },
      { expr: stream("graphtap_reread_lag_seconds"), legend: `${OF_STREAM} re-reads behind` },
    ]),
  ];
}

function requests(): Panel[] {
  const waited = rate(input("graphtap_permit_wait_seconds_total"));
  const given = rate(input("graphtap_permits_total"));
  return [
    lines("Budgets", "percentunit", [
      { expr: input("graphtap_budget_used_ratio"), legend: "{{input}} {{budget}}" },
    ], "The share that is used now. A backfill uses all of it; that is well."),
    lines("Wait for a permit", "s", [
      { expr: `${waited} / ${given}`, legend: "{{input}} {{budget}} {{priority}}" },
    ]),
    lines("Requests by what they are for", "cpm", [
      { expr: `60 * sum by (input, priority) (${given})`, legend: "{{input}} {{priority}}" },
    ], "A request that needs several budgets counts in each."),
    lines("Requests", "cpm", [
      { expr: `60 * ${rate(stream("graphtap_requests_total"))}`, legend: OF_STREAM },
    ]),
    lines("Answers", "cpm", [
      {
        expr: `60 * sum by (input, status) (${rate(stream("graphtap_responses_total"))})`,
        legend: "{{input}} {{status}}",
      },
    ]),
    lines("Failures", "cpm", [
      {
        expr: `60 * sum by (input, code) (${rate(stream("graphtap_request_errors_total"))})`,
        legend: "{{input}} {{code}}",
      },
    ]),
    lines("Time until an answer begins", "s", [
      { expr: quantile(0.5, "graphtap_request_duration_seconds"), legend: "{{service}} half" },
      { expr: quantile(0.99, "graphtap_request_duration_seconds"), legend: "{{service}} 99 %" },
    ]),
    lines("Pages, inflated", "Bps", [
      { expr: rate(stream("graphtap_received_bytes_total")), legend: OF_STREAM },
    ]),
    lines("Tokens", "cpm", [
      { expr: `60 * ${rate(input("graphtap_tokens_total"))}`, legend: "{{input}}" },
      { expr: `60 * ${rate(input("graphtap_token_failures_total"))}`, legend: "{{input}} failed" },
    ]),
    lines("Until a credential ends", "s", [
      {
        expr: `${input("graphtap_credential_expiry_timestamp_seconds")} - time()`,
        legend: "{{input}} {{credential}}",
      },
    ]),
  ];
}

function delivery(): Panel[] {
  return [
    lines("Lines", "Bps", [{ expr: rate(self("graphtap_sink_bytes_total")), legend: "{{instance}}" }]),
    lines("Writes", "cpm", [
      { expr: `60 * ${rate(self("graphtap_sink_writes_total"))}`, legend: "{{instance}}" },
      { expr: `60 * ${rate(self("graphtap_sink_retries_total"))}`, legend: "{{instance}} again" },
    ]),
    lines("Wait for the sink", "s", [
      {
        expr: `${rate(self("graphtap_sink_wait_seconds_total"))} / ${
          rate(self("graphtap_sink_writes_total"))
        }`,
        legend: "{{instance}} a write",
      },
      { expr: self("graphtap_sink_idle_seconds"), legend: "{{instance}} takes nothing" },
    ]),
    lines("Lines set aside", "short", [
      { expr: self("graphtap_sink_set_aside_total"), legend: "{{instance}}" },
    ]),
    lines("Spool", "bytes", [
      { expr: self("graphtap_spool_bytes"), legend: "{{instance}}" },
      { expr: self("graphtap_spool_limit_bytes"), legend: "{{instance}} limit" },
    ]),
    lines("Clients of the server", "short", [
      { expr: self("graphtap_batches_waiting"), legend: "{{instance}} batches not confirmed" },
      { expr: self("graphtap_event_listeners"), legend: "{{instance}} listeners" },
    ]),
  ];
}

function ofProcess(): Panel[] {
  return [
    lines("Processor", "percentunit", [
      { expr: rate(self("process_cpu_seconds_total")), legend: "{{instance}}" },
    ]),
    lines("Memory", "bytes", [{ expr: self("process_resident_memory_bytes"), legend: "{{instance}}" }]),
    lines("Time since the start", "s", [
      { expr: `time() - ${self("process_start_time_seconds")}`, legend: "{{instance}}" },
      {
        expr: `time() - ${self("graphtap_config_last_reload_success_timestamp_seconds")}`,
        legend: "{{instance}} configuration",
      },
    ]),
    lines("Configuration read again", "short", [
      { expr: self("graphtap_config_reloads_total"), legend: "{{instance}} {{result}}" },
    ]),
    lines("Standing by", "short", [{ expr: self("graphtap_standing_by"), legend: "{{instance}}" }]),
    stat(
      "Configuration in use is the last one read",
      "short",
      `min(${self("graphtap_config_last_reload_successful")})`,
      8,
    ),
    lines("Inputs of each shard", "short", [
      { expr: self("graphtap_shard_inputs"), legend: "{{instance}} {{shard}}" },
    ]),
    {
      title: "Programs",
      kind: "table",
      unit: "short",
      width: 8,
      queries: [{
        legend: "running",
        expr: `max by (instance, version, runtime) (${self("graphtap_build_info")})`,
      }],
    },
  ];
}
