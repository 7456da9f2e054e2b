/** Positions that cannot be: nothing in one lies after the moment at which Graph answers. */
import {
  addSeconds,
  compareInstants,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
  secondsBetween,
} from "../instant.ts";
import type { Position } from "../state/position.ts";
import type { PollContext } from "./pollContext.ts";
import { lossRemark, startOfLost } from "./startPosition.ts";

/** An HTTP date has whole seconds. */
const DATE_SECONDS = 1;
/** Clocks of servers differ, by less than this. */
const TOLERATED_SECONDS = 300;

/**
 * Once Graph has told its time: a stream that began by a host's clock that is ahead began earlier in truth; a position
 * from the future is damaged, and counts as lost.
 *
 * @returns whether the position has changed, so that what is new must be asked for again
 */
export function mendPosition({ stream, position, graphClock, engine }: PollContext): boolean {
  const { hostAheadSeconds: ahead } = graphClock;
  const graphNow = graphClock.now();
  if (ahead === null || graphNow === null) return false;
  const { start, beganAt } = position.current;
  if (start === null && beganAt !== null && secondsBetween(graphNow, beganAt) > DATE_SECONDS && ahead > 0) {
    const began = addSeconds(beganAt, -ahead);
    // Beyond that, the clock does not explain it.
    if (compareInstants(began, graphNow) <= 0) {
      stream.log.warn("the host's clock is ahead of Graph's: the stream begins by Graph's", {
        ahead_s: Math.round(ahead),
        from: formatInstant(began),
      });
      position.restart(began);
      return true;
    }
  }
  // One of the two clocks may be wrong.
  const now = latest(graphNow, fromMillis(engine.clock.now()));
  if (!isFromFuture(position.current, addSeconds(now, TOLERATED_SECONDS))) return false;
  const { startTime, lookbackDays = 0 } = stream.service;
  const from = startOfLost(startTime?.instant ?? null, graphNow, lookbackDays);
  stream.log.warn(
    `the position lies in the future, so it is damaged: ${lossRemark(stream.plugin.cursor.kind, start)}`,
    {
      from: formatInstant(from),
    },
  );
  position.restart(from);
  return true;
}

function isFromFuture({ start, beganAt, watermark, rereads, backfill }: Position, now: Instant): boolean {
  const times = [
    // A configured start is what the configuration says, and no part of the damage.
    start === null ? beganAt : null,
    watermark,
    ...rereads.map(({ readTo }) => readTo),
    ...backfill.map(({ to }) => to),
  ];
  return times.some((time) => time !== null && compareInstants(time, now) > 0);
}
