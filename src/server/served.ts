import type { Clock } from "../clock.ts";
import { asGraphtapError } from "../errors.ts";
import type { PollReport } from "../tap/poll.ts";
import type { Stream } from "../tap/stream.ts";
import { count, createFigures, type Figures, observe } from "./status/figures.ts";
import { createTurn, type Turn } from "./pull/turn.ts";

/** A stream in a server: read by one at a time, and watched. */
export interface ServedStream {
  readonly stream: Stream;
  readonly figures: Figures;
  /** Held by whoever reads the stream now. */
  readonly turn: Turn;
}

export function serveStream(stream: Stream): ServedStream {
  const figures = createFigures(stream.state);
  return { stream: observe(stream, figures), figures, turn: createTurn() };
}

/** Runs one poll and notes in the stream's figures how it went. @throws what it throws */
export async function noted(
  { figures }: ServedStream,
  { now }: Pick<Clock, "now">,
  poll: () => Promise<PollReport>,
): Promise<PollReport> {
  figures.polling = true;
  figures.lastStartedMs = now();
  try {
    const report = await poll();
    figures.late += report.late;
    if (report.late > 0) figures.lateBySeconds = report.lateBySeconds;
    figures.error = report.error;
    if (report.error === null) {
      figures.pollsOk++;
      figures.lastSuccessMs = now();
    } else count(figures.pollErrors, report.error.code);
    return report;
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    // A full batch or a reader that left says nothing about the stream.
    if (error.kind.isFault && !error.kind.keepsAccepted) {
      figures.error = error;
      count(figures.pollErrors, error.code);
    }
    throw thrown;
  } finally {
    figures.polling = false;
    figures.lastEndedMs = now();
  }
}
