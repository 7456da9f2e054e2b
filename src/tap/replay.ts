import type { GraphtapError } from "../errors.ts";
import { compareInstants, formatInstant, type Instant } from "../instant.ts";
import { recordGap, withoutRange } from "./gaps.ts";
import { oldestKept } from "./live.ts";
import { openPass, type Pass } from "./pass.ts";
import { type PollReport, runPass } from "./poll.ts";
import { readRange } from "./readRange.ts";
import type { Engine, Stream } from "./stream.ts";
import type { Window } from "./window.ts";

/** The start, or the oldest moment of which Graph still has records. */
function keptFrom({ now, stream: { plugin: { cursor }, log } }: Pass, from: Instant): Instant {
  if (cursor.kind === "snapshot") return from;
  const oldest = oldestKept(now, cursor);
  if (compareInstants(from, oldest) >= 0) return from;
  log.warn("the range begins before what Graph keeps: reading begins with the oldest it has", {
    oldest: formatInstant(oldest),
  });
  return oldest;
}

/**
 * Reads a range by hand, whatever the position is, and leaves that where it is. Gaps within the range are closed;
 * what still cannot be read is a gap again.
 *
 * @param again deliver what was delivered before, too, each record once
 * @throws as a poll
 */
export function replay(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  range: Window,
  again: boolean,
): Promise<PollReport> {
  return runPass(openPass(stream, engine, signal, { again }), async (pass) => {
    const unread: { window: Window; error: GraphtapError }[] = [];
    await readRange(pass, {
      from: keptFrom(pass, range.from),
      to: range.to,
      priority: "backfill",
      onRead: () => {},
      onGap: (window, error) => unread.push({ window, error }),
      mayGoOn: () => true,
    });
    const ledger = stream.state.gaps();
    ledger.save(withoutRange(ledger.list(), range));
    for (const { window, error } of unread) recordGap(pass, window, error);
  });
}
