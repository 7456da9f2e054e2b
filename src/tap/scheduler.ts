import { asGraphtapError, codesOf, type GraphtapError } from "../errors.ts";
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

/**
 * Polls every stream at its period, start to start, until told to stop; a poll that took longer than its period is
 * followed by the next at once.
 *
 * @throws the reason of `stop`, or the failure that concerned the whole process
 */
export async function pollForever(
  streams: readonly Stream[],
  engine: Engine,
  stop: AbortController,
  pollStream: PollStream = poll,
  planStream: PlanStream = () => {},
): Promise<never> {
  await together(
    stop,
    streams.map((stream) => async () => {
      const periodMs = stream.service.periodSeconds * 1000;
      stream.log.info("collection starts", { period_s: stream.service.periodSeconds });
      let refusals = 0;
      for (;;) {
        const report = await pollStream(stream, engine, stop.signal, engine.clock.now() + periodMs);
        // Old ranges that are refused must not make today's records late.
        const isRefused = report.error?.kind.recovery === "suspend-stream" && !report.isUpToDate;
        refusals = isRefused ? refusals + 1 : 0;
        const pause = pauseMs(periodMs, refusals);
        // Not longer either: a clock that was set back would stop the stream until it is right again.
        const waitMs = Math.min(Math.max(0, report.startedMs + pause - engine.clock.now()), pause);
        logReport(stream, report, waitMs);
        planStream(stream, engine.clock.now() + waitMs);
        await engine.clock.sleep(waitMs, stop.signal);
      }
    }),
  );
  // With nothing to poll there is still a stop to wait for.
  return new Promise((_, reject) => {
    const rejected = () => reject(stop.signal.reason);
    if (stop.signal.aborted) rejected();
    else stop.signal.addEventListener("abort", rejected, { once: true });
  });
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

/**
 * Runs all tasks; the first that throws stops the others. When all have ended, the failure is thrown that stopped them,
 * or that one of them met while it stopped, or else the reason of `stop`.
 */
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
  if (!stop.signal.aborted) return;
  const reason = asGraphtapError(stop.signal.reason);
  throw reason.kind.isFault ? reason : failures[0] ?? reason;
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
