import { addSeconds, earliest, formatInstant, fromMillis, type Instant } from "../instant.ts";
import type { Cursor } from "../plugin/plugin.ts";
import { emptyPosition, type Position } from "../state/position.ts";
import { KEEP_KEYS_SECONDS } from "./keyLife.ts";
import type { Stream } from "./stream.ts";

const DAY_SECONDS = 86_400;

/**
 * The position a poll goes on from: the saved one, or a fresh one when there is none or when the configured start has
 * changed, which resets the stream (collector: changing `start_time_in_utc` and restarting). A fresh one is durable when
 * this returns: a stream begins once, however its first requests end.
 */
export function startPosition({ state, service, plugin, log }: Stream, nowMs: number): Position {
  const saved = state.loadPosition();
  const configured = service.startTime?.instant ?? null;
  const start = configured === null ? null : formatInstant(configured);
  if (saved !== null && saved.start === start) {
    return { ...saved, beganAt: configured ?? beganBy(saved), lastPollStartedMs: nowMs };
  }
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
  const now = fromMillis(nowMs);
  const lookback = service.lookbackDays ?? 0;
  const beganAt = isLost ? startOfLost(configured, now, lookback) : configured ?? daysBefore(now, lookback);
  if (isLost) log.warn(lossRemark(plugin.cursor.kind, start), { from: formatInstant(beganAt) });
  const position = { ...emptyPosition(start), beganAt, begunMs: isLost ? null : nowMs };
  state.begin(position);
  return { ...position, lastPollStartedMs: nowMs };
}

/**
 * Where a stream begins that had a position and lost it.
 *
 * @param lookbackDays how far back it begins without a configured start
 */
export function startOfLost(configured: Instant | null, now: Instant, lookbackDays: number): Instant {
  return configured ?? earliest(addSeconds(now, -KEEP_KEYS_SECONDS), daysBefore(now, lookbackDays));
}

function daysBefore(now: Instant, days: number): Instant {
  return addSeconds(now, -days * DAY_SECONDS);
}

/** When a stream began: what was read since then cannot be older, but for a host's clock that was ahead. */
function beganBy({ beganAt, watermark }: Position): Instant | null {
  return beganAt === null || watermark === null ? beganAt : earliest(beganAt, watermark);
}

/** What is said of a stream that lost its position. */
export function lossRemark(kind: Cursor["kind"], start: string | null): string {
  const where = kind === "snapshot"
    ? "the collection is read whole, as at every poll"
    : start !== null
    ? "the stream is read again from its configured start"
    : `the last ${KEEP_KEYS_SECONDS / 86_400} days are read again, and "graphtap replay" reads what is older`;
  return `the stream has lost its position: ${where}; what the seen set still knows is not delivered again`;
}
