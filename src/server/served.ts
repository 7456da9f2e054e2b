import type { Clock } from "../clock.ts";
import { asGraphtapError } from "../errors.ts";
import type { PollReport } from "../tap/poll.ts";
import type { Stream } from "../tap/stream.ts";
import { createFigures, type Figures, noteEnd, observe } from "./status/figures.ts";
import { createTurn, type Turn } from "./pull/turn.ts";

/** A stream in a server: read by one at a time, and watched. */
export interface ServedStream {
  readonly stream: Stream;
  readonly figures: Figures;
  /** Held by whoever reads the stream now. */
  readonly turn: Turn;
}

export function serveStream(stream: Stream, clock: Pick<Clock, "now">): ServedStream {
  const figures = createFigures(stream.state);
  return { stream: observe(stream, figures, clock), figures, turn: createTurn() };
}

/** Runs one poll and notes in the stream's figures how it went. @throws what it throws */
export async function noted(
  { figures }: ServedStream,
  { now }: Pick<Clock, "now">,
  poll: () => Promise<PollReport>,
): Promise<PollReport> {
  figures.polling = true;
  figures.nextPollMs = null;
  figures.lastStartedMs = now();
  try {
    const report = await poll();
    figures.late += report.late;
    if (report.late > 0) figures.lateBySeconds = report.lateBySeconds;
    noteEnd(figures, report.error, now());
    return report;
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    // A full batch or a reader that left says nothing about the stream.
    if (error.kind.isFault && !error.kind.keepsAccepted) noteEnd(figures, error, now());
    throw thrown;
  } finally {
    figures.polling = false;
    figures.lastEndedMs = now();
  }
}
