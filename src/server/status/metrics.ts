import { compareInstants, type Instant, secondsBetween, type Window } from "../../instant.ts";
import { gapSeconds } from "../../state/gap.ts";
import type { Position } from "../../state/position.ts";
import { rereadLag } from "../../tap/late/lag.ts";
import type { MetricFamily, Sample } from "../../telemetry/metrics.ts";
import type { Figures } from "./figures.ts";
import type { ServedStream } from "../served.ts";

/** What the metrics are made of, beside the streams. */
export interface ProcessFigures {
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** Resident memory. */
  readonly rssBytes: number;
  readonly listeners: number;
  readonly batches: number;
}

/**
 * `/metrics`. Counters begin at 0 with the process; `input` and `service` name a stream, `code` is of `errors.ts`.
 *
 * | name | what |
 * |---|---|
 * | `graphtap_requests_total` | requests to Graph, repeated ones counted again |
 * | `graphtap_request_errors_total{code}` | requests that failed, whether or not they were repeated |
 * | `graphtap_polls_total`, `graphtap_poll_errors_total{code}` | polls that read to their end, and those that did not |
 * | `graphtap_records_sent_total` | records that the sink, or a confirmed pull, has taken |
 * | `graphtap_records_duplicate_total` | records met again and not delivered again |
 * | `graphtap_records_late_total` | records that only a re-read of an older window found |
 * | `graphtap_records_late_by_seconds` | how old the oldest of the last of those was when it was found |
 * | `graphtap_gaps` | ranges that could not be read and are tried again |
 * | `graphtap_gap_seconds` | how much time they cover together |
 * | `graphtap_last_success_timestamp_seconds` | when a stream was last read to its end |
 * | `graphtap_position_lag_seconds` | how far the position is behind now; it grows between polls |
 * | `graphtap_oldest_unread_seconds` | the age of the oldest that is still unread: a gap, a backfill, or what is new |
 * | `graphtap_backfill_seconds` | how much older time is still unread behind the position |
 * | `graphtap_backfill_end_timestamp_seconds` | when that is likely to have been read; absent when nobody can tell |
 * | `graphtap_reread_lag_seconds` | how far the deepest re-read for late records is behind its time; 0 when it is not |
 * | `graphtap_newest_record_timestamp_seconds` | time of the newest delivered record |
 * | `graphtap_credential_expiry_timestamp_seconds{credential}` | when the credential of an input ends, where that is known |
 * | `graphtap_event_listeners`, `graphtap_batches_waiting` | who listens at `/v1/events`; batches not yet confirmed |
 * | `graphtap_info{version}`, `process_…` | the process |
 */
export function metricFamilies(streams: readonly ServedStream[], own: ProcessFigures): MetricFamily[] {
  const each = (pick: (figures: Figures) => number | null) => samples(streams, pick);
  const byCode = (pick: (figures: Figures) => ReadonlyMap<string, number>) => codeSamples(streams, pick);
  const one = (value: number, labels = {}): Sample[] => [{ labels, value }];
  return [
    counter("requests", "Requests sent to Graph.", each(({ requests }) => requests)),
    counter("request_errors", "Requests that failed, by error code.", byCode((of) => of.requestErrors)),
    counter("polls", "Polls that read their stream to its end.", each(({ pollsOk }) => pollsOk)),
    counter("poll_errors", "Polls that failed, by error code.", byCode((of) => of.pollErrors)),
    counter("records_sent", "Records delivered.", each(({ sent }) => sent)),
    counter("records_duplicate", "Records met again.", each(({ duplicates }) => duplicates)),
    counter("records_late", "Records that only a re-read found.", each(({ late }) => late)),
    gauge(
      "records_late_by_seconds",
      "How old the oldest was of the records that a re-read found last.",
      each(({ lateBySeconds }) => lateBySeconds),
    ),
    gauge("gaps", "Ranges that could not be read.", each(({ gaps }) => gaps.length)),
    gauge("gap_seconds", "How much time they cover together.", each(({ gaps }) => gapSeconds(gaps))),
    gauge(
      "last_success_timestamp_seconds",
      "When the stream was last read to its end.",
      each(({ lastSuccessMs }) => lastSuccessMs === null ? null : lastSuccessMs / 1000),
    ),
    gauge(
      "position_lag_seconds",
      "How far the position is behind now.",
      each(({ position }) => ago(position?.watermark ?? null, own.nowMs)),
    ),
    gauge(
      "oldest_unread_seconds",
      "The age of the oldest time that is still unread.",
      each((figures) => ago(oldestUnread(figures), own.nowMs)),
    ),
    gauge(
      "backfill_seconds",
      "Older time that is still unread.",
      each(({ position }) => position === null ? null : secondsIn(position.backfill)),
    ),
    gauge(
      "backfill_end_timestamp_seconds",
      "When older time is likely to have been read.",
      each(({ position }) => endOf(position)),
    ),
    gauge(
      "reread_lag_seconds",
      "How far the deepest re-read for late records is behind its time.",
      lags(streams),
    ),
    gauge(
      "newest_record_timestamp_seconds",
      "Time of the newest delivered record.",
      each(({ position }) => seconds(position?.newest?.time ?? null)),
    ),
    gauge("credential_expiry_timestamp_seconds", "When the credential of an input ends.", expiries(streams)),
    gauge("event_listeners", "Listeners at /v1/events.", one(own.listeners)),
    gauge("batches_waiting", "Batches sent or being sent, and not yet confirmed.", one(own.batches)),
    gauge("info", "This program.", one(1, { version: own.version })),
    process("resident_memory_bytes", "Resident memory.", own.rssBytes),
    process("start_time_seconds", "When the process began.", own.startedMs / 1000),
  ];
}

function counter(name: string, help: string, all: readonly Sample[]): MetricFamily {
  return { name: `graphtap_${name}_total`, type: "counter", help, samples: all };
}

function gauge(name: string, help: string, all: readonly Sample[]): MetricFamily {
  return { name: `graphtap_${name}`, type: "gauge", help, samples: all };
}

function process(name: string, help: string, value: number): MetricFamily {
  return { name: `process_${name}`, type: "gauge", help, samples: [{ labels: {}, value }] };
}

function labelsOf({ stream }: ServedStream) {
  return { input: stream.input.name, service: stream.service.name };
}

function samples(streams: readonly ServedStream[], pick: (figures: Figures) => number | null): Sample[] {
  return streams.flatMap((served) => {
    const value = pick(served.figures);
    return value === null ? [] : [{ labels: labelsOf(served), value }];
  });
}

/** Known to a stream's schedule only. */
function lags(streams: readonly ServedStream[]): Sample[] {
  return streams.flatMap((served) => {
    const { stream, figures: { position } } = served;
    const value = position === null ? null : rereadLag(stream, position);
    return value === null ? [] : [{ labels: labelsOf(served), value }];
  });
}

/** One for each input, whose streams share it. */
function expiries(streams: readonly ServedStream[]): Sample[] {
  const ends = new Map(
    streams.flatMap(({ stream: { input, expiry } }) =>
      expiry.endsMs === null ? [] : [[input, expiry.endsMs / 1000]]
    ),
  );
  return [...ends].map(([{ name, credentials }, value]) => ({
    labels: { input: name, credential: credentials.kind },
    value,
  }));
}

function oldestUnread({ position, gaps }: Figures): Instant | null {
  const unread = [
    position?.watermark ?? null,
    position?.backfill[0]?.from ?? null,
    gaps[0]?.from ?? null,
  ];
  return unread.filter((time) => time !== null).sort(compareInstants)[0] ?? null;
}

function endOf(position: Position | null): number | null {
  const ms = position?.backfillEndsMs ?? null;
  return ms === null ? null : ms / 1000;
}

function codeSamples(
  streams: readonly ServedStream[],
  pick: (figures: Figures) => ReadonlyMap<string, number>,
): Sample[] {
  return streams.flatMap((served) =>
    [...pick(served.figures)].map(([code, value]) => ({ labels: { ...labelsOf(served), code }, value }))
  );
}

function seconds(instant: Instant | null): number | null {
  return instant === null ? null : instant.seconds + instant.nanos / 1e9;
}

function secondsIn(ranges: readonly Window[]): number {
  return ranges.reduce((sum, { from, to }) => sum + secondsBetween(from, to), 0);
}

function ago(instant: Instant | null, nowMs: number): number | null {
  const time = seconds(instant);
  return time === null ? null : Math.max(0, nowMs / 1000 - time);
}
