import { asGraphtapError, codesOf, GraphtapError } from "../errors.ts";
import { poll, type PollReport } from "./poll.ts";
import type { Engine, Stream } from "./stream.ts";

/** How one stream is polled: {@linkcode poll}, or that with something around it, such as waiting for a turn. */
export type PollStream = typeof poll;

/** Told when a stream is polled next, in milliseconds since the epoch, while it waits for that. */
export type PlanStream = (stream: Stream, nextMs: number) => void;

const LONGEST_PAUSE_MS = 3_600_000;

/** A stream and what its poll did. */
export interface Outcome {
  readonly stream: Stream;
  readonly report: PollReport;
}

/**
 * Polls every stream once, all at the same time: the limiters put their requests in order.
 * A failure that concerns the whole process stops them all, each leaving its position in order.
 *
 * @throws that failure, or the reason of `stop`
 */
export async function pollOnce(
  streams: readonly Stream[],
  engine: Engine,
  stop: AbortController,
  pollStream: PollStream = poll,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await together(
    stop,
    streams.map((stream) => async () => {
      const report = await pollStream(stream, engine, stop.signal);
      logReport(stream, report, null);
      outcomes.push({ stream, report });
    }),
  );
  return outcomes;
}

/** Polls streams at their periods, start to start. They come and go, and the others do not notice. */
export interface Polling {
  /** Begins to poll these, those that are polled already aside. */
  add(streams: readonly Stream[]): void;
  /** Polls these no more. Resolves when all that was under way has ended, each leaving its position in order. */
  remove(streams: readonly Stream[]): Promise<void>;
  /**
   * Settles when all polls have ended after the stop.
   *
   * @throws the reason of the stop, or the failure that concerned the whole process
   */
  readonly ended: Promise<never>;
}

/** A stream that is polled. */
interface Polled {
  /** Aborted when it is to be polled no more. */
  readonly leaving: AbortController;
  readonly done: Promise<void>;
}

/** Why a poll ends whose stream goes while the others stay. */
const GONE = new GraphtapError("stopped", "the stream is polled no more");

/**
 * Polls the streams that are added until told to stop; a poll that took longer than its period is followed by the next
 * at once. A failure that concerns the whole process stops all of them.
 */
export function startPolling(
  engine: Engine,
  stop: AbortController,
  pollStream: PollStream = poll,
  planStream: PlanStream = () => {},
): Polling {
  const polled = new Map<Stream, Polled>();
  const failures: GraphtapError[] = [];

  async function follow(stream: Stream, { signal }: AbortController): Promise<void> {
    try {
      await pollAtPeriod(stream, engine, signal, pollStream, planStream);
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      if (error.kind.isFault) failures.push(error);
      else if (signal.reason === GONE) return;
      if (!stop.signal.aborted) stop.abort(error);
    } finally {
      polled.delete(stream);
    }
  }
  const stopped = new Promise<void>((resolve) => {
    const end = () => {
      for (const { leaving } of polled.values()) leaving.abort(stop.signal.reason);
      resolve();
    };
    if (stop.signal.aborted) end();
    else stop.signal.addEventListener("abort", end, { once: true });
  });
  return {
    add(streams) {
      for (const stream of streams) {
        if (polled.has(stream) || stop.signal.aborted) continue;
        const leaving = new AbortController();
        // Its first poll begins when it is in the map.
        const done = Promise.resolve().then(() => follow(stream, leaving));
        polled.set(stream, { leaving, done });
      }
    },
    async remove(streams) {
      const going = streams.flatMap((stream) => polled.get(stream) ?? []);
      for (const { leaving } of going) leaving.abort(GONE);
      await Promise.all(going.map(({ done }) => done));
    },
    // With nothing to poll there is still a stop to wait for.
    ended: stopped.then(() => Promise.all([...polled.values()].map(({ done }) => done)))
      .then(() => Promise.reject(endReason(stop, failures))),
  };
}

/** Polls these streams until told to stop. @throws as {@linkcode Polling.ended} */
export function pollForever(
  streams: readonly Stream[],
  ...how: Parameters<typeof startPolling>
): Promise<never> {
  const polling = startPolling(...how);
  polling.add(streams);
  return polling.ended;
}

/** Polls a stream at its period until told to stop. @throws the signal's reason; what concerns the whole process */
async function pollAtPeriod(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  pollStream: PollStream,
  planStream: PlanStream,
): Promise<never> {
  const periodMs = stream.service.periodSeconds * 1000;
  stream.log.info("collection starts", { period_s: stream.service.periodSeconds });
  let refusals = 0;
  for (;;) {
    const report = await pollStream(stream, engine, signal, engine.clock.now() + periodMs);
    // Old ranges that are refused must not make today's records late.
    const isRefused = report.error?.kind.recovery === "suspend-stream" && !report.isUpToDate;
    refusals = isRefused ? refusals + 1 : 0;
    const pause = pauseMs(periodMs, refusals);
    // Not longer either: a clock that was set back would stop the stream until it is right again.
    const waitMs = Math.min(Math.max(0, report.startedMs + pause - engine.clock.now()), pause);
    logReport(stream, report, waitMs);
    planStream(stream, engine.clock.now() + waitMs);
    await engine.clock.sleep(waitMs, signal);
  }
}

/**
 * Milliseconds from the start of a poll to the next: the period, and longer and longer, up to an hour, for a stream
 * that Graph refuses, since somebody has to grant or buy something first.
 */
export function pauseMs(periodMs: number, refusals: number): number {
  return refusals < 2
    ? periodMs
    : Math.max(periodMs, Math.min(periodMs * 2 ** (refusals - 1), LONGEST_PAUSE_MS));
}

/** Runs all tasks; the first that throws stops the others. @throws when all have ended, why they were stopped */
async function together(stop: AbortController, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: GraphtapError[] = [];
  await Promise.all(tasks.map(async (task) => {
    try {
      await task();
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      if (error.kind.isFault) failures.push(error);
      if (!stop.signal.aborted) stop.abort(error);
    }
  }));
  if (stop.signal.aborted) throw endReason(stop, failures);
}

/** The failure that stopped them, or that one of them met while it stopped, or else the reason of the stop. */
function endReason(stop: AbortController, failures: readonly GraphtapError[]): GraphtapError {
  const reason = asGraphtapError(stop.signal.reason);
  return reason.kind.isFault ? reason : failures[0] ?? reason;
}

function logReport({ log }: Stream, report: PollReport, waitMs: number | null): void {
  const figures = {
    requests: report.requests,
    received: report.received,
    sent: report.sent,
    duplicates: report.duplicates,
    late: report.late === 0 ? undefined : report.late,
    gaps: report.gaps === 0 ? undefined : report.gaps,
    elapsed_ms: Math.round(report.elapsedMs),
    next_in_s: waitMs === null ? undefined : Math.round(waitMs / 1000),
  };
  if (report.error === null) log.info("pull done", figures);
  else {
    // What lies with the whole input has been told, once for all of its streams.
    const level = report.error.kind.ofInput ? "debug" : "error";
    log[level](`pull failed: ${report.error.message}`, { ...codesOf(report.error), ...figures });
  }
}
