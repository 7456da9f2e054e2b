import { compareInstants, type Instant, secondsBetween, type Window } from "../../instant.ts";
import { gapSeconds } from "../../state/gap.ts";
import type { Position } from "../../state/position.ts";
import { rereadLag } from "../../tap/late/lag.ts";
import type { Measured, Sample } from "../../telemetry/metrics.ts";
import type { Figures } from "./figures.ts";
import type { ServedStream } from "../served.ts";

/** What is measured beside the streams. */
export interface ServerFigures {
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** Resident memory. */
  readonly rssBytes: number;
  readonly listeners: number;
  readonly batches: number;
}

/** What `/metrics` answers. Counters begin at 0 with the process; `input` and `service` name a stream. */
export function measure(streams: readonly ServedStream[], own: ServerFigures): Measured {
  return { ...measureStreams(streams, own.nowMs), ...measureProcess(own) };
}

function measureProcess(own: ServerFigures) {
  return {
    graphtap_event_listeners: one(own.listeners),
    graphtap_batches_waiting: one(own.batches),
    graphtap_info: one(1, { version: own.version }),
    process_resident_memory_bytes: one(own.rssBytes),
    process_start_time_seconds: one(own.startedMs / 1000),
  };
}

function measureStreams(streams: readonly ServedStream[], nowMs: number) {
  const each = (pick: (figures: Figures) => number | null) => samples(streams, pick);
  const byCode = (pick: (figures: Figures) => ReadonlyMap<string, number>) => codeSamples(streams, pick);
  return {
    graphtap_requests_total: each(({ requests }) => requests),
    graphtap_request_errors_total: byCode((of) => of.requestErrors),
    graphtap_polls_total: each(({ pollsOk }) => pollsOk),
    graphtap_poll_errors_total: byCode((of) => of.pollErrors),
    graphtap_records_sent_total: each(({ sent }) => sent),
    graphtap_records_duplicate_total: each(({ duplicates }) => duplicates),
    graphtap_records_late_total: each(({ late }) => late),
    graphtap_records_late_by_seconds: each(({ lateBySeconds }) => lateBySeconds),
    graphtap_gaps: each(({ gaps }) => gaps.length),
    graphtap_gap_seconds: each(({ gaps }) => gapSeconds(gaps)),
    graphtap_last_success_timestamp_seconds: each(({ lastSuccessMs }) =>
      lastSuccessMs === null ? null : lastSuccessMs / 1000
    ),
    graphtap_position_lag_seconds: each(({ position }) => ago(position?.watermark ?? null, nowMs)),
    graphtap_oldest_unread_seconds: each((figures) => ago(oldestUnread(figures), nowMs)),
    graphtap_backfill_seconds: each(({ position }) =>
      position === null ? null : secondsIn(position.backfill)
    ),
    graphtap_backfill_end_timestamp_seconds: each(({ position }) => endOf(position)),
    graphtap_reread_lag_seconds: lags(streams),
    graphtap_newest_record_timestamp_seconds: each(({ position }) => seconds(position?.newest?.time ?? null)),
  };
}

function one(value: number, labels: Sample["labels"] = {}): Sample[] {
  return [{ labels, value }];
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
