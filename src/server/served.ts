import type { Clock } from "../clock.ts";
import { asGraphtapError } from "../errors.ts";
import type { PollReport } from "../tap/poll.ts";
import type { Stream } from "../tap/stream.ts";
import { createHistogram, type Histogram } from "../telemetry/histogram.ts";
import { countLines } from "../telemetry/stats.ts";
import type { Sink } from "../sink/sink.ts";
import type { Delivery } from "./status/delivery.ts";
import { createFigures, type Figures, judgedAnew, noteEnd, noteSent, observe } from "./status/figures.ts";
import { createTurn, type Turn } from "./pull/turn.ts";

/** A stream in a server: read by one at a time, and watched. */
export interface ServedStream {
  readonly stream: Stream;
  readonly figures: Figures;
  /** What its metrics are labelled with. */
  readonly labels: Readonly<Record<"input" | "service", string>>;
  /** The host's clock against Graph's, as the last poll of any stream found it; shared by all. */
  readonly hostClock: HostClock;
  /** How old late records were when they were found, in seconds; shared by all streams of a service. */
  readonly lateAges: Histogram;
  /** Held by whoever reads the stream now. */
  readonly turn: Turn;
  /** Aborted when the configuration has it no longer as it is: nobody begins to read it any more. */
  readonly gone: AbortController;
}

/** The streams that are served. */
export interface ServedStreams {
  /** In the order in which they were given. */
  list(): readonly ServedStream[];
  /** That of a stream as it was given, or as it is watched. */
  of(stream: Stream): ServedStream | undefined;
  /** Serves these from now on, and no others. What is known of a stream that only has other settings now stays known. */
  serve(streams: readonly Stream[]): void;
}

/** How far the host's clock is from Graph's. */
export interface HostClock {
  /** Seconds that it is ahead, below zero when it is behind; `null` when nobody knows. */
  aheadSeconds: number | null;
}

/** The ages at which most schedules read again. */
const LATE_AGES_SECONDS = [300, 900, 3600, 21_600, 86_400, 259_200];

export function createServedStreams(clock: Pick<Clock, "now">): ServedStreams {
  const lateAges = new Map<string, Histogram>();
  const hostClock: HostClock = { aheadSeconds: null };
  let served: readonly ServedStream[] = [];
  let byStream: ReadonlyMap<Stream, ServedStream> = new Map();

  function agesOf(service: string): Histogram {
    const ages = lateAges.get(service) ?? createHistogram(LATE_AGES_SECONDS);
    lateAges.set(service, ages);
    return ages;
  }
  function follow(stream: Stream, before: ServedStream | undefined): ServedStream {
    const figures = before === undefined
      ? createFigures(stream.state, clock.now())
      : judgedAnew(before.figures);
    return {
      stream: observe(stream, figures, clock),
      figures,
      labels: { input: stream.input.name, service: stream.service.name },
      hostClock,
      lateAges: agesOf(stream.service.name),
      turn: before?.turn ?? createTurn(),
      gone: new AbortController(),
    };
  }
  function here(stream: Stream): ServedStream | undefined {
    const known = byStream.get(stream);
    return known?.gone.signal.aborted ? undefined : known;
  }
  return {
    list: () => served,
    of: (stream) => byStream.get(stream),
    serve(streams) {
      const known = new Map(streams.map((stream) => [stream, here(stream)]));
      const kept = new Set(known.values());
      const former = new Map(
        served.filter((one) => !kept.has(one)).map((one) => [nameOf(one.stream), one]),
      );
      const next = new Map<Stream, ServedStream>();
      served = [...known].map(([stream, same]) => {
        const one = same ?? follow(stream, former.get(nameOf(stream)));
        next.set(stream, one).set(one.stream, one);
        return one;
      });
      byStream = next;
    },
  };
}

/** Another input's id is another position, and so another stream. */
function nameOf({ input, service }: Stream): string {
  return JSON.stringify([input.name, input.id, service.name]);
}

/** The sink of a stream; what it has accepted is counted. */
export function counted(
  sink: Sink,
  { figures }: ServedStream,
  delivery: Delivery,
  { now }: Pick<Clock, "now">,
): Sink {
  return {
    ...sink,
    async write(...lines) {
      await delivery.follow(lines[0].length, () => sink.write(...lines));
      noteSent(figures, countLines(lines[0]), now());
    },
  };
}

/** Runs one poll and notes in the stream's figures how it went. @throws what it throws */
export async function noted(
  { figures, lateAges, hostClock }: ServedStream,
  { now }: Pick<Clock, "now">,
  poll: () => Promise<PollReport>,
): Promise<PollReport> {
  figures.polling = true;
  figures.nextPollMs = null;
  figures.lastStartedMs = now();
  try {
    const report = await poll();
    hostClock.aheadSeconds = report.hostAheadSeconds ?? hostClock.aheadSeconds;
    figures.late += report.late;
    for (const { records, bySeconds } of report.lateFinds) lateAges.observe(bySeconds, records);
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
