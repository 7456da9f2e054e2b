/** Statuses to draw, on a page or a terminal. */
import type { Status, StreamStatus } from "../../src/server/status/schema.ts";

export const NOW = "2026-11-22T16:00:00.000Z";
export const STARTED = "2026-11-22T15:58:37.000Z";

/** A stream that is well, but for what is given. */
export function stream(given: Partial<StreamStatus> = {}): StreamStatus {
  return {
    input: "contoso",
    service: "signIns",
    verdict: "healthy",
    since: null,
    code: null,
    detail: null,
    polling: false,
    waits_for: null,
    waits_seconds: null,
    next_poll: null,
    period_seconds: 300,
    last_poll: null,
    last_success: null,
    read_to: null,
    lag_seconds: null,
    newest_record: null,
    records: 0,
    sent: 0,
    records_per_minute: 0,
    records_by_minute: [],
    late_records: 0,
    late_by_seconds: null,
    reread_lag_seconds: null,
    backfill: null,
    gaps: 0,
    gap_seconds: 0,
    gap_ranges: [],
    lost: 0,
    lost_seconds: 0,
    lost_ranges: [],
    batch_waiting: false,
    ...given,
  };
}

export function statusOf(streams: readonly StreamStatus[], given: Partial<Status> = {}): Status {
  return {
    version: "1.2.3",
    now: NOW,
    started: STARTED,
    shard: null,
    polls: true,
    verdict: "healthy",
    summary: `All ${streams.length} streams healthy, newest record 2 min old`,
    counts: { failing: 0, gap: 0, late: 0, lost: 0, waiting: 0, healthy: streams.length },
    sink_stalled_seconds: 0,
    dead_letters: null,
    clock_ahead_seconds: 0,
    configuration: { read: STARTED, problem: null },
    state_damage: [],
    needs: [],
    streams: [...streams],
    ...given,
  };
}
