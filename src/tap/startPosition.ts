import { addSeconds, formatInstant, fromMillis } from "../instant.ts";
import type { Cursor } from "../plugin/plugin.ts";
import { emptyPosition, type Position } from "../state/position.ts";
import { KEEP_KEYS_SECONDS } from "./keyLife.ts";
import type { Stream } from "./stream.ts";

/**
 * The position a poll goes on from: the saved one, or a fresh one when there is none or when the configured start has
 * changed, which resets the stream (collector: changing `start_time_in_utc` and restarting).
 */
export function startPosition({ state, service, plugin, log }: Stream, nowMs: number): Position {
  const saved = state.loadPosition();
  const configured = service.startTime?.instant ?? null;
  const start = configured === null ? null : formatInstant(configured);
  if (saved !== null && saved.start === start) return { ...saved, lastPollStartedMs: nowMs };
  if (saved !== null) {
    log.warn("start_time_in_utc has changed: the position and the seen set are reset", {
      was: saved.start,
      now: start,
    });
    state.reset();
  }
  // Without a configured start a stream begins now, and nothing older is ever asked for. But one that lost its position
  // begins as far back as its keys may reach, never silently now.
  const isLost = state.hasLostPosition();
  const beganAt = configured ?? addSeconds(fromMillis(nowMs), isLost ? -KEEP_KEYS_SECONDS : 0);
  if (isLost) log.warn(lossRemark(plugin.cursor.kind, start), { from: formatInstant(beganAt) });
  return { ...emptyPosition(start), beganAt, lastPollStartedMs: nowMs };
}

function lossRemark(kind: Cursor["kind"], start: string | null): string {
  const where = kind === "snapshot"
    ? "the collection is read whole, as at every poll"
    : start !== null
    ? "the stream is read again from its configured start"
    : `the last ${KEEP_KEYS_SECONDS / 86_400} days are read again, and "graphtap replay" reads what is older`;
  return `the stream has lost its position: ${where}; what the seen set still knows is not delivered again`;
}
