/** What Prometheus sees of a graphtap: an hour in which all is well, and what each alert is for. */

/** Samples a minute apart, in promtool's notation: `START+STEPxTIMES`. */
export type Series = Readonly<Record<string, string>>;

const OF = '{job="graphtap",instance="tap:9464",input="contoso",service="signIns"}';
const INPUT = '{job="graphtap",instance="tap:9464",input="contoso"}';
const SELF = '{job="graphtap",instance="tap:9464"}';
const BUDGET = '{job="graphtap",instance="tap:9464",input="contoso",budget="reports",priority="live"}';
const errors = (code: string) =>
  `{job="graphtap",instance="tap:9464",input="contoso",service="signIns",code="${code}"}`;
const SECRET = '{job="graphtap",instance="tap:9464",input="contoso",credential="client_secret"}';
const DAY = 86_400;

/** A tenant with 600 sign-ins an hour, of which some come late, polled every five minutes; Graph fails now and then. */
export const HEALTHY: Series = {
  [`up${SELF}`]: "1x90",
  [`process_start_time_seconds${SELF}`]: "-1000x90",
  [`graphtap_config_last_reload_successful${SELF}`]: "1x90",
  [`graphtap_freshness_seconds${OF}`]: `${"0 60 120 180 240 ".repeat(18)}0`,
  [`graphtap_position_lag_seconds${OF}`]: `${"0 60 120 180 240 ".repeat(18)}0`,
  [`graphtap_period_seconds${OF}`]: "300x90",
  [`graphtap_records_sent_total${OF}`]: "0+10x90",
  [`graphtap_records_late_total${OF}`]: "0+0.2x90",
  [`graphtap_gaps${OF}`]: "0x90",
  [`graphtap_lost_seconds${OF}`]: "0x90",
  [`graphtap_unread_expiry_timestamp_seconds${OF}`]: `${30 * DAY}+60x90`,
  [`graphtap_backfill_seconds${OF}`]: `${7 * DAY}-3600x90`,
  [`graphtap_backfill_end_timestamp_seconds${OF}`]: "10080x90",
  [`graphtap_reread_lag_seconds${OF}`]: "0x90",
  [`graphtap_stream_error${errors("graph-unavailable")}`]: "1x90",
  [`graphtap_token_failures_total${INPUT}`]: "0 1x89",
  [`graphtap_credential_expiry_timestamp_seconds${SECRET}`]: `${60 * DAY}x90`,
  [`graphtap_tokens_total${INPUT}`]: "1x54 2x34",
  [`graphtap_requests_total${OF}`]: "0+5x90",
  [`graphtap_request_errors_total${errors("graph-unavailable")}`]: "0+1x90",
  [`graphtap_request_errors_total${errors("graph-throttled")}`]: "1x90",
  [`graphtap_permit_wait_seconds_total${BUDGET}`]: "0+20x90",
  [`graphtap_permits_total${BUDGET}`]: "0+5x90",
  [`graphtap_sink_idle_seconds${SELF}`]: "0 30 0x88",
  [`graphtap_sink_set_aside_total${SELF}`]: "3x90",
  [`graphtap_spool_bytes${SELF}`]: "1000000x90",
  [`graphtap_spool_limit_bytes${SELF}`]: "10000000x90",
};

/** What an alert is for. */
export interface AlertCase {
  readonly alert: string;
  readonly what: string;
  /** In the place of what is well; `null` takes a series away. */
  readonly series: Readonly<Record<string, string | null>>;
  /** Minutes from the beginning: still silent, and firing. */
  readonly silentAt: number;
  readonly firesAt: number;
  /** What the alert says it is of, beside job, instance and severity; `null` for what it does not say. */
  readonly labels: Readonly<Record<string, string | null>>;
  /** Minutes from one sample to the next. @default 1 */
  readonly interval?: number;
}

const STREAM = { input: "contoso", service: "signIns" };
const CONTOSO = { input: "contoso" };

/** Each of the alerts, at least once. */
export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: "GraphtapDown",
    what: "the process is gone",
    series: { [`up${SELF}`]: "1x10 0x80" },
    silentAt: 14,
    firesAt: 17,
    labels: {},
  },
  {
    alert: "GraphtapDown",
    what: "Prometheus does not know of it",
    series: { [`up${SELF}`]: null },
    silentAt: 4,
    firesAt: 6,
    labels: { instance: null },
  },
  {
    alert: "GraphtapRestarting",
    what: "it ends again and again",
    series: { [`process_start_time_seconds${SELF}`]: "0x10 700 800 900 1000x77" },
    silentAt: 12,
    firesAt: 15,
    labels: {},
  },
  {
    alert: "GraphtapReloadFailed",
    what: "a file with a mistake was read again",
    series: { [`graphtap_config_last_reload_successful${SELF}`]: "1x10 0x80" },
    silentAt: 14,
    firesAt: 17,
    labels: {},
  },
  {
    alert: "GraphtapStreamStale",
    what: "Graph does not answer",
    series: { [`graphtap_freshness_seconds${OF}`]: "0+60x90" },
    silentAt: 15,
    firesAt: 22,
    labels: STREAM,
  },
  {
    alert: "GraphtapPositionStalled",
    what: "polls succeed and lead nowhere",
    series: { [`graphtap_position_lag_seconds${OF}`]: "0+60x90" },
    silentAt: 29,
    firesAt: 32,
    labels: STREAM,
  },
  {
    alert: "GraphtapStreamSilent",
    what: "a busy stream brings nothing although every poll succeeds",
    series: { [`graphtap_records_sent_total${OF}`]: "0+100x2200 220000x400" },
    // The last record came after seven and a half days.
    silentAt: 5 * 2260,
    firesAt: 5 * 2280,
    labels: STREAM,
    interval: 5,
  },
  {
    alert: "GraphtapGapOpen",
    what: "a range is refused",
    series: { [`graphtap_gaps${OF}`]: "0x10 2x80" },
    silentAt: 35,
    firesAt: 42,
    labels: STREAM,
  },
  {
    alert: "GraphtapRecordsLost",
    what: "a gap was not served while Graph kept its records",
    series: { [`graphtap_lost_seconds${OF}`]: "0x10 60x80" },
    silentAt: 10,
    firesAt: 11,
    labels: STREAM,
  },
  {
    alert: "GraphtapUnreadExpires",
    what: "what is unread has half a day to live",
    series: { [`graphtap_unread_expiry_timestamp_seconds${OF}`]: `${DAY / 2}x90` },
    silentAt: 14,
    firesAt: 16,
    labels: STREAM,
  },
  {
    alert: "GraphtapBackfillEndsTooLate",
    what: "seven days of records, three weeks old, need a year",
    series: {
      [`graphtap_unread_expiry_timestamp_seconds${OF}`]: `${9 * DAY}x90`,
      [`graphtap_backfill_end_timestamp_seconds${OF}`]: `${365 * DAY}x90`,
      [`graphtap_backfill_seconds${OF}`]: `${7 * DAY}x90`,
    },
    silentAt: 29,
    firesAt: 31,
    labels: STREAM,
  },
  {
    alert: "GraphtapLateShareRising",
    what: "half of the records come late",
    series: { [`graphtap_records_late_total${OF}`]: "0x10 0+5x80" },
    silentAt: 14,
    firesAt: 60,
    labels: STREAM,
  },
  {
    alert: "GraphtapRereadsBehind",
    what: "re-reads earn too little",
    series: { [`graphtap_reread_lag_seconds${OF}`]: `${2 * DAY}x90` },
    silentAt: 59,
    firesAt: 61,
    labels: STREAM,
  },
  {
    alert: "GraphtapPermissionLost",
    what: "somebody took the consent away",
    series: { [`graphtap_stream_error${errors("graph-forbidden")}`]: "_x10 1x80" },
    silentAt: 14,
    firesAt: 17,
    labels: { ...STREAM, code: "graph-forbidden" },
  },
  {
    alert: "GraphtapCredentialsRefused",
    what: "the secret has expired",
    series: { [`graphtap_stream_error${errors("token-refused")}`]: "_x10 1x80" },
    silentAt: 14,
    firesAt: 17,
    labels: { ...CONTOSO, code: "token-refused" },
  },
  {
    alert: "GraphtapCredentialExpires",
    what: "the secret ends in ten days",
    series: { [`graphtap_credential_expiry_timestamp_seconds${SECRET}`]: `${10 * DAY}x90` },
    silentAt: 59,
    firesAt: 61,
    labels: { ...CONTOSO, credential: "client_secret" },
  },
  {
    alert: "GraphtapCredentialExpiresSoon",
    what: "the secret ends tomorrow",
    series: { [`graphtap_credential_expiry_timestamp_seconds${SECRET}`]: `${DAY}x90` },
    silentAt: 14,
    firesAt: 16,
    labels: { ...CONTOSO, credential: "client_secret" },
  },
  {
    alert: "GraphtapTokensFailing",
    what: "the login service does not answer",
    series: {
      [`graphtap_tokens_total${INPUT}`]: "1x90",
      [`graphtap_token_failures_total${INPUT}`]: "0x10 0+1x80",
    },
    silentAt: 15,
    firesAt: 18,
    labels: CONTOSO,
  },
  {
    alert: "GraphtapRequestsFailing",
    what: "four of five requests fail",
    series: { [`graphtap_request_errors_total${errors("graph-unavailable")}`]: "0x10 0+4x80" },
    silentAt: 18,
    firesAt: 35,
    labels: CONTOSO,
  },
  {
    alert: "GraphtapThrottled",
    what: "another program uses the same application",
    series: { [`graphtap_request_errors_total${errors("graph-throttled")}`]: "1x10 1+1x80" },
    silentAt: 25,
    firesAt: 35,
    labels: CONTOSO,
  },
  {
    alert: "GraphtapBudgetExhausted",
    what: "each request waits for a minute",
    series: { [`graphtap_permit_wait_seconds_total${BUDGET}`]: "0+300x90" },
    silentAt: 14,
    firesAt: 20,
    labels: { ...CONTOSO, budget: "reports", priority: "live" },
  },
  {
    alert: "GraphtapSinkStalled",
    what: "the shipper takes nothing",
    series: { [`graphtap_sink_idle_seconds${SELF}`]: "0x10 0+60x80" },
    silentAt: 13,
    firesAt: 16,
    labels: {},
  },
  {
    alert: "GraphtapLinesSetAside",
    what: "a line is refused",
    series: { [`graphtap_sink_set_aside_total${SELF}`]: "3x10 4x80" },
    silentAt: 10,
    firesAt: 13,
    labels: {},
  },
  {
    alert: "GraphtapSpoolFilling",
    what: "nobody reads the spool",
    series: { [`graphtap_spool_bytes${SELF}`]: "9000000x90" },
    silentAt: 9,
    firesAt: 11,
    labels: {},
  },
  {
    alert: "GraphtapSpoolFilling",
    what: "it is half empty, and full in three hours",
    series: { [`graphtap_spool_bytes${SELF}`]: "2000000+30000x90" },
    silentAt: 9,
    firesAt: 61,
    labels: {},
  },
];
