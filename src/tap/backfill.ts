import { fromMillis, secondsIn, type Window } from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import type { WindowCounts } from "../record/tally.ts";
import { oldestKept } from "./live.ts";
import { noticeEmpty, recordDropped } from "./lost.ts";
import type { PollContext } from "./pollContext.ts";
import { type RangeOptions, readWindows } from "./windows/readWindows.ts";
import { recordGap } from "./retryGaps.ts";

/** A backfill of hours says so often how far it is. */
const SAY_EVERY_MS = 300_000;

/** Reads older ranges, the oldest first since Graph drops it first, window by window while it may. */
export async function backfill(
  context: PollContext,
  cursor: TimedCursor,
  mayGoOn: () => boolean,
): Promise<void> {
  const { position, engine: { clock } } = context;
  const leftBefore = secondsIn(position.current.backfill);
  if (leftBefore === 0) return;
  let saidMs = clock.now();
  for (let range; mayGoOn() && (range = position.current.backfill[0]) !== undefined;) {
    const notice = createNotice(context, cursor, range);
    const reading: RangeOptions = {
      priority: "backfill",
      onRead(to, counts) {
        notice(to, counts);
        position.advanceBackfill(to);
        position.expectBackfillEnd(endMs(context, leftBefore));
        if (clock.now() - saidMs < SAY_EVERY_MS) return;
        saidMs = clock.now();
        say(context);
      },
      onCommitted: position.dropKeys,
      onGap: (window, error) => recordGap(context, window, error),
      onDropped: (dropped) => recordDropped(context, dropped),
      mayGoOn,
    };
    await position.readingBack(() => readWindows(context, range, reading));
  }
  say(context);
}

/** Looks at each window that was read, whether it came too late. */
function createNotice(context: PollContext, cursor: TimedCursor, range: Window) {
  const { intake, graphClock, engine: { clock } } = context;
  let { from } = range;
  let met = intake.received;
  return (to: Window["to"], counts: WindowCounts | null): void => {
    const now = graphClock.now() ?? fromMillis(clock.now());
    if (counts !== null && intake.received === met) {
      noticeEmpty(context, { from, to }, oldestKept(now, cursor));
    }
    from = to;
    met = intake.received;
  };
}

/** When the rest will have been read at the pace of this poll, its live reading included: that goes first again. */
function endMs({ engine, position, startedMs }: PollContext, leftBefore: number): number | null {
  const left = secondsIn(position.current.backfill);
  const now = engine.clock.now();
  const pace = (leftBefore - left) / Math.max(1, now - startedMs);
  return left === 0 || pace <= 0 ? null : Math.ceil(now + left / pace);
}

function say({ position, engine, stream: { log } }: PollContext): void {
  const { backfill, backfillEndsMs } = position.current;
  const left = secondsIn(backfill);
  const ms = backfillEndsMs === null ? 0 : backfillEndsMs - engine.clock.now();
  log.info(left === 0 ? "backfill done" : "backfill goes on", {
    hours_left: Math.round(left / 360) / 10,
    minutes_needed: ms > 0 ? Math.ceil(ms / 60_000) : undefined,
  });
}
