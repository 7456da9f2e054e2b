import type { GraphtapError } from "../errors.ts";
import {
  compareInstants,
  earliest,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
  type Window,
} from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import { withoutWindow } from "../state/gap.ts";
import { replayJobs } from "./jobs/replayJobs.ts";
import { oldestKept } from "./live.ts";
import { recordLost } from "./lost.ts";
import { type PollReport, runPoll } from "./poll.ts";
import { openPollContext, type PollContext } from "./pollContext.ts";
import { readWindows } from "./windows/readWindows.ts";
import { recordGap } from "./retryGaps.ts";
import { readWhole } from "./snapshot.ts";
import type { Engine, Stream } from "./stream.ts";

/** The start, or the oldest moment of which Graph still has records by what is documented. */
function keptFrom(
  { startedMs, stream: { log } }: PollContext,
  cursor: TimedCursor,
  from: Instant,
): Instant {
  const oldest = oldestKept(fromMillis(startedMs), cursor);
  if (compareInstants(from, oldest) >= 0) return from;
  log.warn("the range begins before what Graph keeps: reading begins with the oldest it has", {
    oldest: formatInstant(oldest),
  });
  return oldest;
}

/** What was read is missing no more; gaps in what Graph keeps no longer are lost. @param kept where reading began */
function settle(context: PollContext, range: Window, kept: Instant): void {
  const gaps = context.stream.state.gaps();
  const lost = context.stream.state.lost();
  const wasMissing = withoutWindow(lost.list(), { from: kept, to: range.to });
  if (wasMissing.length < lost.list().length) lost.save(wasMissing);
  for (const { from, to, reason } of gaps.list()) {
    const gone = { from: latest(from, range.from), to: earliest(to, kept) };
    if (compareInstants(gone.from, gone.to) < 0) recordLost(context, gone, reason);
  }
  gaps.save(withoutWindow(gaps.list(), range));
}

/**
 * Reads a range by hand, of a collection without a time all of it, whatever the position is, and leaves that where it is. What of gaps lies within the
 * range is closed; what still cannot be read is a gap again.
 *
 * @param again deliver what was delivered before, too, each record once
 * @param onRead told how far the range is read, after each window
 * @throws as a poll
 */
export function replay(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  range: Window,
  again: boolean,
  onRead: (to: Instant) => void = () => {},
): Promise<PollReport> {
  return runPoll(openPollContext(stream, engine, signal, { again }), async (context) => {
    const { cursor } = stream.plugin;
    if (cursor.kind === "snapshot") return void await readWhole(context, null);
    if (cursor.kind === "job") {
      const from = earliest(keptFrom(context, cursor, range.from), range.to);
      await replayJobs(context, cursor, { from, to: range.to }, onRead);
      return settle(context, range, from);
    }
    const unread: { window: Window; error: GraphtapError }[] = [];
    let kept = earliest(keptFrom(context, cursor, range.from), range.to);
    await readWindows(context, { from: kept, to: range.to }, {
      priority: "backfill",
      onRead,
      onGap: (window, error) => unread.push({ window, error }),
      onDropped: ({ to }) => kept = to,
      mayGoOn: () => true,
    });
    settle(context, range, kept);
    for (const { window, error } of unread) recordGap(context, window, error);
  });
}
