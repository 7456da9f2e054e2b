import { addSeconds, formatInstant, fromMillis, type Instant, latest, parseInstant } from "../instant.ts";
import { type Checkpoint, emptyCheckpoint } from "../state/checkpoint.ts";
import type { Newest } from "../record/newest.ts";
import type { Stream } from "./stream.ts";

// Keys outlive the oldest mark by this much, so that every re-read still knows what was delivered.
const KEEP_KEYS_SECONDS = 3 * 86_400;

/**
 * The checkpoint a poll goes on from: the saved one, or a fresh one when there is none or when the configured
 * start has changed, which resets the stream (collector: changing `start_time_in_utc` and restarting).
 */
export function openPosition({ state, service, input, plugin, log }: Stream, nowMs: number): Checkpoint {
  const saved = state.loadCheckpoint();
  const start = service.startTime === null ? null : formatInstant(service.startTime.instant);
  if (saved !== null && saved.start_time_in_utc === start) return { ...saved, last_poll_started_ms: nowMs };
  if (saved !== null) {
    log.warn("start_time_in_utc has changed: the position and the seen set are reset", {
      was: saved.start_time_in_utc,
      now: start,
    });
    state.reset();
  }
  // Without a configured start a stream begins now, and nothing older is ever asked for. But one that lost its position
  // begins as far back as its keys may reach, never silently now.
  const isLost = state.hasLostPosition();
  const from = start ?? formatInstant(addSeconds(fromMillis(nowMs), isLost ? -KEEP_KEYS_SECONDS : 0));
  if (isLost) log.warn(lossRemark(plugin.cursor.kind, start), { from });
  return {
    ...emptyCheckpoint({ inputId: input.id, service: service.name }, start),
    began_at: from,
    last_poll_started_ms: nowMs,
  };
}

function lossRemark(kind: Stream["plugin"]["cursor"]["kind"], start: string | null): string {
  const where = kind === "snapshot"
    ? "the collection is read whole, as at every poll"
    : start !== null
    ? "the stream is read again from its configured start"
    : `the last ${KEEP_KEYS_SECONDS / 86_400} days are read again, and "graphtap replay" reads what is older`;
  return `the stream has lost its position: ${where}; what the seen set still knows is not delivered again`;
}

/** The instant in a checkpoint's field; its texts were checked when it was read. */
export function instantOf(text: string | null): Instant | null {
  return text === null ? null : parseInstant(text);
}

/** The newest accepted record, as a checkpoint remembers it. */
export function newestOf(checkpoint: Checkpoint): Newest | null {
  const time = instantOf(checkpoint.last_event_time_in_utc);
  return time === null ? null : { time, ids: checkpoint.last_ids };
}

/** The checkpoint with a newer newest record. */
export function withNewest(checkpoint: Checkpoint, newest: Newest | null): Checkpoint {
  if (newest === null) return checkpoint;
  return { ...checkpoint, last_event_time_in_utc: formatInstant(newest.time), last_ids: newest.ids };
}

/** The checkpoint with everything before `readTo` read: it never moves back. */
export function withReadTo(checkpoint: Checkpoint, readTo: Instant): Checkpoint {
  const before = instantOf(checkpoint.read_to);
  return { ...checkpoint, read_to: formatInstant(before === null ? readTo : latest(before, readTo)) };
}

/** Keys added before this moment (epoch milliseconds) cannot be met again. */
export function keysNeededSince({ read_to, sweeps, backfill }: Checkpoint, nowMs: number): number {
  const marks = [read_to, ...sweeps.map((mark) => mark.read_to), ...backfill.map(({ from }) => from)];
  const oldest = marks.reduce(
    (least, mark) => Math.min(least, instantOf(mark)?.seconds ?? least),
    nowMs / 1000,
  );
  return (oldest - KEEP_KEYS_SECONDS) * 1000;
}

/**
 * Whatever was delivered has its key in the seen set if its time is this or later. A record's key is never older than
 * its time, but for a clock that was wrong by minutes.
 */
export function knownSince(checkpoint: Checkpoint, nowMs: number): Instant {
  return fromMillis(keysNeededSince(checkpoint, nowMs) + 3_600_000);
}
