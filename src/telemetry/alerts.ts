/** The alerts: when somebody must look, by the metrics of the table. Each has its section in `src/RUNBOOK.md`. */
import { type MetricName, metricName as of } from "./metrics.ts";
import { promDuration } from "./promDuration.ts";

/** A rule of Prometheus. */
export interface Alert {
  readonly name: string;
  /** `critical`: records are not coming or will be lost. `warning`: they will, unless somebody looks in working hours. */
  readonly severity: "critical" | "warning";
  /** What fires when it has a result. */
  readonly expr: string;
  /** How long it must have had one; seconds. */
  readonly forSeconds: number;
  /** One line; `{{ … }}` is filled in by Prometheus. */
  readonly summary: string;
}

/** Alerts on one subject. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

export interface AlertOptions {
  /** What Prometheus calls the job that scrapes this program. */
  readonly job: string;
  /** The length to take for a length of time, in seconds; a test runs all of it faster. @default as it is */
  readonly pace?: (seconds: number) => number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What an expression is written with. */
interface Words {
  readonly job: string;
  /** A length of time as a range, such as `15m`. */
  readonly range: (seconds: number) => string;
  /** The same as a number of seconds. */
  readonly length: (seconds: number) => number;
  /** How much a counter grew in a stretch, and when it ended: so long ago, by default now. */
  readonly increase: (name: MetricName, seconds: number, secondsAgo?: number) => string;
}

const STREAM = "{{ $labels.input }}/{{ $labels.service }}";
const FOR_HUMANS = "{{ $value | humanizeDuration }}";

/** All alerts, group by group. */
export function alertGroups({ job, pace = (seconds) => seconds }: AlertOptions): AlertGroup[] {
  const range = (seconds: number) => promDuration(pace(seconds));
  const words: Words = {
    job,
    range,
    length: pace,
    increase: (name, seconds, secondsAgo) =>
      `increase(${of(name)}[${range(seconds)}]${
        secondsAgo === undefined ? "" : ` offset ${range(secondsAgo)}`
      })`,
  };
  const group = (name: string, alerts: readonly Alert[]) => ({
    name: `graphtap-${name}`,
    alerts: alerts.map((alert) => ({ ...alert, forSeconds: pace(alert.forSeconds) })),
  });
  return [
    group("process", ofProcess(words)),
    group("streams", ofStreams(words)),
    group("completeness", ofCompleteness(words)),
    group("access", ofAccess(words)),
    group("requests", ofRequests(words)),
    group("delivery", ofDelivery(words)),
  ];
}

function ofProcess({ job, range }: Words): Alert[] {
  return [
    {
      name: "GraphtapDown",
      severity: "critical",
      expr: `up{job="${job}"} == 0 or absent(up{job="${job}"})`,
      forSeconds: 5 * MINUTE,
      summary: "graphtap does not answer Prometheus: {{ $labels.instance }}",
    },
    {
      name: "GraphtapRestarting",
      severity: "warning",
      expr: `changes(${of("process_start_time_seconds")}{job="${job}"}[${range(HOUR)}]) > 3`,
      forSeconds: 0,
      summary: "graphtap was started {{ $value }} times within an hour",
    },
    {
      name: "GraphtapReloadFailed",
      severity: "warning",
      expr: `${of("graphtap_config_last_reload_successful")} == 0`,
      forSeconds: 5 * MINUTE,
      summary: "The configuration that was read last is not in use: what ran before goes on",
    },
  ];
}

function ofStreams({ length, increase }: Words): Alert[] {
  const period = of("graphtap_period_seconds");
  const behind = of("graphtap_position_lag_seconds");
  const sent = (secondsAgo?: number) => increase("graphtap_records_sent_total", 6 * HOUR, secondsAgo);
  return [
    {
      name: "GraphtapStreamStale",
      severity: "critical",
      expr: `${of("graphtap_freshness_seconds")} > 3 * ${period} ` +
        `and ${of("graphtap_freshness_seconds")} > ${length(15 * MINUTE)}`,
      forSeconds: 5 * MINUTE,
      summary: `${STREAM} was last read up to now ${FOR_HUMANS} ago`,
    },
    {
      name: "GraphtapPositionStalled",
      severity: "warning",
      expr: `${behind} > 3 * ${period} and ${behind} > ${length(15 * MINUTE)} ` +
        `unless ${of("graphtap_freshness_seconds")} > 3 * ${period}`,
      forSeconds: 15 * MINUTE,
      summary: `${STREAM}: polls succeed, and the position is ${FOR_HUMANS} behind`,
    },
    {
      name: "GraphtapStreamSilent",
      severity: "warning",
      expr: `${sent()} == 0 and ${sent(DAY)} > 100 and ${sent(7 * DAY)} > 100`,
      forSeconds: 30 * MINUTE,
      summary: `${STREAM} brought no record for six hours, and more than 100 a day and a week ago`,
    },
  ];
}

function ofCompleteness({ length, increase }: Words): Alert[] {
  const expiry = of("graphtap_unread_expiry_timestamp_seconds");
  const late = increase("graphtap_records_late_total", HOUR);
  const share = (secondsAgo?: number) =>
    `${increase("graphtap_records_late_total", HOUR, secondsAgo)} / ` +
    increase("graphtap_records_sent_total", HOUR, secondsAgo);
  return [
    {
      name: "GraphtapGapOpen",
      severity: "warning",
      expr: `${of("graphtap_gaps")} > 0`,
      forSeconds: 30 * MINUTE,
      summary: `${STREAM} has {{ $value }} ranges that Graph does not serve`,
    },
    {
      name: "GraphtapRecordsLost",
      severity: "critical",
      expr: `${of("graphtap_lost_seconds")} > 0`,
      forSeconds: 0,
      summary: `${STREAM}: Graph dropped ${FOR_HUMANS} of records before they were read`,
    },
    {
      name: "GraphtapUnreadExpires",
      severity: "critical",
      expr: `${expiry} - time() < ${length(DAY)}`,
      forSeconds: 15 * MINUTE,
      summary: `${STREAM}: Graph drops what is still unread in ${FOR_HUMANS}`,
    },
    {
      name: "GraphtapBackfillEndsTooLate",
      severity: "warning",
      expr: `${of("graphtap_backfill_end_timestamp_seconds")} > ${expiry} + ${
        of("graphtap_backfill_seconds")
      }`,
      forSeconds: 30 * MINUTE,
      summary: `${STREAM}: Graph drops older records faster than the backfill reads them`,
    },
    {
      name: "GraphtapLateShareRising",
      severity: "warning",
      expr: `(${share()} > 0.1 and ${late} > 20) unless ${share()} < 3 * (${share(DAY)})`,
      forSeconds: 15 * MINUTE,
      summary: `${STREAM}: {{ $value | humanizePercentage }} of the records of an hour came late`,
    },
    {
      name: "GraphtapRereadsBehind",
      severity: "warning",
      expr: `${of("graphtap_reread_lag_seconds")} > ${length(DAY)}`,
      forSeconds: HOUR,
      summary: `${STREAM}: late records come ${FOR_HUMANS} later than they should`,
    },
  ];
}

function ofAccess({ length, increase }: Words): Alert[] {
  const expiry = of("graphtap_credential_expiry_timestamp_seconds");
  const error = of("graphtap_stream_error");
  return [
    {
      name: "GraphtapPermissionLost",
      severity: "critical",
      expr: `${error}{code=~"graph-forbidden|graph-unauthorized|graph-unlicensed"} == 1`,
      forSeconds: 5 * MINUTE,
      summary: `${STREAM}: Graph refuses the application ({{ $labels.code }})`,
    },
    {
      name: "GraphtapCredentialsRefused",
      severity: "critical",
      expr: `max without (service) (${error}{code=~"token-refused|secret-missing|secret-unreadable"}) == 1`,
      forSeconds: 5 * MINUTE,
      summary: "{{ $labels.input }} gets no token with its credentials ({{ $labels.code }})",
    },
    {
      name: "GraphtapCredentialExpires",
      severity: "warning",
      expr: `${expiry} - time() < ${length(14 * DAY)}`,
      forSeconds: HOUR,
      summary: `{{ $labels.input }}: its {{ $labels.credential }} ends in ${FOR_HUMANS}`,
    },
    {
      name: "GraphtapCredentialExpiresSoon",
      severity: "critical",
      expr: `${expiry} - time() < ${length(2 * DAY)}`,
      forSeconds: 15 * MINUTE,
      summary: `{{ $labels.input }}: its {{ $labels.credential }} ends in ${FOR_HUMANS}`,
    },
    {
      name: "GraphtapTokensFailing",
      severity: "warning",
      expr: `${increase("graphtap_token_failures_total", 15 * MINUTE)} > 0 ` +
        `and ${increase("graphtap_tokens_total", 15 * MINUTE)} == 0`,
      forSeconds: 5 * MINUTE,
      summary: "{{ $labels.input }}: the login service has given no token for 15 minutes",
    },
  ];
}

function ofRequests({ range, length }: Words): Alert[] {
  const errors = `rate(${of("graphtap_request_errors_total")}[${range(10 * MINUTE)}])`;
  const live = (name: MetricName) => `rate(${of(name)}{priority="live"}[${range(15 * MINUTE)}])`;
  return [
    {
      name: "GraphtapRequestsFailing",
      severity: "warning",
      expr: `sum without (service, code) (${errors}) ` +
        `/ sum without (service) (rate(${of("graphtap_requests_total")}[${range(10 * MINUTE)}])) > 0.5`,
      forSeconds: 10 * MINUTE,
      summary: "{{ $labels.input }}: {{ $value | humanizePercentage }} of the requests to Graph fail",
    },
    {
      name: "GraphtapThrottled",
      severity: "warning",
      expr: `sum without (service, code) (increase(${of("graphtap_request_errors_total")}` +
        `{code="graph-throttled"}[${range(15 * MINUTE)}])) > 3`,
      forSeconds: 15 * MINUTE,
      summary: "{{ $labels.input }}: Graph answers 429 although its limits are kept",
    },
    {
      name: "GraphtapBudgetExhausted",
      severity: "warning",
      expr: `${live("graphtap_permit_wait_seconds_total")} / ${live("graphtap_permits_total")} ` +
        `> ${length(30)}`,
      forSeconds: 15 * MINUTE,
      summary:
        `{{ $labels.input }}: requests for new records wait ${FOR_HUMANS} for the budget {{ $labels.budget }}`,
    },
  ];
}

function ofDelivery({ range, length, increase }: Words): Alert[] {
  const spool = of("graphtap_spool_bytes");
  const limit = of("graphtap_spool_limit_bytes");
  return [
    {
      name: "GraphtapSinkStalled",
      severity: "critical",
      expr: `${of("graphtap_sink_idle_seconds")} > ${length(MINUTE)}`,
      forSeconds: 2 * MINUTE,
      summary: `Nobody has taken the event lines for ${FOR_HUMANS}: the reading waits`,
    },
    {
      name: "GraphtapLinesSetAside",
      severity: "warning",
      expr: `${increase("graphtap_sink_set_aside_total", HOUR)} > 0`,
      forSeconds: 0,
      summary: "The receiver refused lines: they are in the dead-letter file",
    },
    {
      name: "GraphtapSpoolFilling",
      severity: "warning",
      expr: `${spool} > 0.8 * ${limit} or ` +
        `predict_linear(${spool}[${range(HOUR)}], ${length(4 * HOUR)}) > ${limit}`,
      forSeconds: 10 * MINUTE,
      summary: "The spool will soon hold as much as it may: {{ $value | humanize1024 }}B",
    },
  ];
}
