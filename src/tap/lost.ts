/**
 * What Graph drops before it was read: a gap that it never served in time, a backfill that is slower than time, a stop
 * that was longer than it keeps records. Nothing brings that back, so it is kept in mind (`state/lostLedger.ts`) where
 * everybody looks, until somebody has taken note of it.
 */
import {
  addSeconds,
  compareInstants,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
  type Window,
} from "../instant.ts";
import { OUT_OF_TIME, withLost } from "../state/lost.ts";
import type { PollContext } from "./pollContext.ts";

/** What a start at the edge of what Graph keeps costs, and a first poll with much to read: nobody calls that a loss. */
const START_SECONDS = 3600;

/**
 * Keeps in mind that a range is lost.
 *
 * @param reason as in `Lost`
 */
export function recordLost(
  { stream, engine: { clock } }: PollContext,
  { from, to }: Window,
  reason: string,
): void {
  const ledger = stream.state.lost();
  ledger.save(withLost(ledger.list(), { from, to, reason, sinceMs: clock.now() }));
  stream.log.error("lost: Graph does not keep these records any longer", {
    from: formatInstant(from),
    to: formatInstant(to),
    reason,
  });
}

/** Graph says that it keeps nothing of this range, whose turn has come only now; what was gone when the stream began is no loss. */
export function recordDropped(context: PollContext, { from, to }: Window): void {
  const { engine: { clock }, position: { current: { begunMs } } } = context;
  const wasThere = latest(from, goneAtStart(begunMs, to, clock.now()));
  if (compareInstants(wasThere, to) < 0) recordLost(context, { from: wasThere, to }, OUT_OF_TIME);
}

/**
 * A stream goes on after a stop that may have been longer than Graph keeps records: then what lies between is never asked
 * for. A stream that has read nothing loses nothing.
 */
export function recordLongStop(context: PollContext, oldest: Instant): void {
  const { watermark, beganAt } = context.position.current;
  const readTo = watermark === null ? oldest : latest(watermark, beganAt ?? watermark);
  if (compareInstants(readTo, oldest) < 0) recordLost(context, { from: readTo, to: oldest }, OUT_OF_TIME);
}

/**
 * A backfill has read a window without a record in it.
 *
 * @param oldest by the retention that is documented. Graph may keep more, so it is asked; where it then gives nothing,
 * nobody can tell any more what there was.
 */
export function noticeEmpty(context: PollContext, window: Window, oldest: Instant): void {
  if (compareInstants(window.to, addSeconds(oldest, -START_SECONDS)) < 0) {
    recordDropped(context, window);
  }
}

/** Everything before this was gone when the stream began, if everything before `edge` is gone now. */
function goneAtStart(begunMs: number | null, edge: Instant, nowMs: number): Instant {
  if (begunMs === null) return fromMillis(0);
  return addSeconds(edge, -Math.max(0, (nowMs - begunMs) / 1000 - START_SECONDS));
}
