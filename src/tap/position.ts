import { addSeconds, formatInstant, fromMillis, type Instant, latest, parseInstant } from "../instant.ts";
import { type Checkpoint, emptyCheckpoint } from "../state/checkpoint.ts";
import type { Newest } from "./intake.ts";
import type { Stream } from "./stream.ts";

// Keys outlive the position by this much, so that every re-read still knows what it delivered.
const KEEP_KEYS_SECONDS = 3 * 86_400;

/**
 * The checkpoint a poll goes on from: the saved one, or a fresh one when there is none or when the configured
 * start has changed, which resets the stream (collector: changing `start_time_in_utc` and restarting).
 */
export function openPosition({ state, service, input, log }: Stream, nowMs: number): Checkpoint {
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
  return {
    ...emptyCheckpoint({ inputId: input.id, service: service.name }, start),
    // Without a configured start the stream begins now: nothing older is ever asked for.
    began_at: start ?? formatInstant(fromMillis(nowMs)),
    last_poll_started_ms: nowMs,
  };
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

/** The checkpoint after a window was read to its end: it never moves back. */
export function withReadTo(checkpoint: Checkpoint, readTo: Instant): Checkpoint {
  const before = instantOf(checkpoint.read_to);
  const reached = before === null ? readTo : latest(before, readTo);
  return { ...checkpoint, read_to: formatInstant(reached), window: null, next_link: null };
}

/** Keys added before this moment (epoch milliseconds) cannot be met again. */
export function keysNeededSince(checkpoint: Checkpoint, nowMs: number): number {
  const readTo = instantOf(checkpoint.read_to);
  const position = Math.min(nowMs, readTo === null ? nowMs : readTo.seconds * 1000);
  return addSeconds(fromMillis(position), -KEEP_KEYS_SECONDS).seconds * 1000;
}
