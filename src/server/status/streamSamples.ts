import { compareInstants, type Instant, secondsIn } from "../../instant.ts";
import { gapSeconds } from "../../state/gap.ts";
import type { Position } from "../../state/position.ts";
import { rereadLag } from "../../tap/late/lag.ts";
import type { Sample } from "../../telemetry/metrics.ts";
import type { ServedStream } from "../served.ts";
import type { Figures } from "./figures.ts";
import { backfillShare, lastSuccessMs } from "./status.ts";

const DAY_SECONDS = 86_400;

/** What each stream did. */
export function measureWork(streams: readonly ServedStream[]) {
  const each = (pick: (figures: Figures) => number | null) =>
    samples(streams, ({ figures }) => pick(figures));
  const byCode = (pick: (figures: Figures) => ReadonlyMap<string, number>) =>
    labelled(streams, "code", ({ figures }) => pick(figures));
  return {
    graphtap_requests_total: each(({ requests }) => requests),
    graphtap_request_errors_total: byCode(({ requestErrors }) => requestErrors),
    graphtap_responses_total: labelled(streams, "status", ({ stream }) => stream.traffic.answers),
    graphtap_received_bytes_total: samples(streams, ({ stream }) => stream.traffic.receivedBytes()),
    graphtap_polls_total: each(({ pollsOk }) => pollsOk),
    graphtap_poll_errors_total: byCode(({ pollErrors }) => pollErrors),
    graphtap_stream_error: byCode(({ error, trouble }) => {
      const failure = error ?? trouble;
      return new Map(failure === null ? [] : [[failure.code, 1]]);
    }),
    graphtap_records_sent_total: each(({ sent }) => sent),
    graphtap_records_duplicate_total: each(({ duplicates }) => duplicates),
    graphtap_records_late_total: each(({ late }) => late),
    graphtap_records_late_by_seconds: each(({ lateBySeconds }) => lateBySeconds),
  };
}

/** How far each stream is. */
export function measureProgress(streams: readonly ServedStream[], nowMs: number) {
  const each = (pick: (figures: Figures) => number | null) =>
    samples(streams, ({ figures }) => pick(figures));
  const ofPosition = (pick: (position: Position) => number | null) =>
    each(({ position }) => position === null ? null : pick(position));
  return {
    graphtap_period_seconds: samples(streams, ({ stream }) => stream.service.periodSeconds),
    graphtap_freshness_seconds: each((figures) =>
      Math.max(0, nowMs - (lastSuccessMs(figures) ?? figures.followedMs)) / 1000
    ),
    graphtap_last_success_timestamp_seconds: each(({ lastSuccessMs }) =>
      lastSuccessMs === null ? null : lastSuccessMs / 1000
    ),
    graphtap_position_lag_seconds: ofPosition(({ watermark }) => ago(watermark, nowMs)),
    graphtap_newest_record_timestamp_seconds: ofPosition(({ newest }) => seconds(newest?.time ?? null)),
    graphtap_gaps: each(({ gaps }) => gaps.length),
    graphtap_gap_seconds: each(({ gaps }) => gapSeconds(gaps)),
    graphtap_lost_seconds: each(({ lost }) => gapSeconds(lost)),
    graphtap_oldest_unread_seconds: each((figures) => ago(oldestUnread(figures), nowMs)),
    graphtap_unread_expiry_timestamp_seconds: samples(streams, expiry),
    graphtap_backfill_seconds: ofPosition(({ backfill }) => secondsIn(backfill)),
    graphtap_backfill_done_ratio: each((figures) =>
      figures.position === null ? null : backfillShare(figures)
    ),
    graphtap_backfill_end_timestamp_seconds: ofPosition(({ backfillEndsMs }) =>
      backfillEndsMs === null ? null : backfillEndsMs / 1000
    ),
    // Known to a stream's schedule only.
    graphtap_reread_lag_seconds: samples(
      streams,
      ({ stream, figures: { position } }) => position === null ? null : rereadLag(stream, position),
    ),
  };
}

/** One sample for each stream that has a value. */
function samples(streams: readonly ServedStream[], pick: (served: ServedStream) => number | null): Sample[] {
  const all: Sample[] = [];
  for (const served of streams) {
    const value = pick(served);
    if (value !== null) all.push({ labels: served.labels, value });
  }
  return all;
}

/** One for each of a stream's values, told apart by one label more. */
function labelled(
  streams: readonly ServedStream[],
  label: string,
  pick: (served: ServedStream) => ReadonlyMap<string, number>,
): Sample[] {
  return streams.flatMap((served) =>
    [...pick(served)].map(([name, value]) => ({ labels: { ...served.labels, [label]: name }, value }))
  );
}

function oldestUnread({ position, gaps }: Figures): Instant | null {
  let oldest: Instant | null = null;
  for (const time of [position?.watermark, position?.backfill[0]?.from, gaps[0]?.from]) {
    if (time != null && (oldest === null || compareInstants(time, oldest) < 0)) oldest = time;
  }
  return oldest;
}

/** When Graph drops the oldest that is unread, as far as it is documented. */
function expiry({ stream: { plugin: { cursor } }, figures }: ServedStream): number | null {
  const oldest = seconds(oldestUnread(figures));
  return oldest === null || cursor.kind === "snapshot" ? null : oldest + cursor.retentionDays * DAY_SECONDS;
}

function seconds(instant: Instant | null): number | null {
  return instant === null ? null : instant.seconds + instant.nanos / 1e9;
}

function ago(instant: Instant | null, nowMs: number): number | null {
  const time = seconds(instant);
  return time === null ? null : Math.max(0, nowMs / 1000 - time);
}
