/** What is under way on a tap: one pull, or one run, at a time. */
import { setMaxListeners } from "node:events";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { selectStreams } from "../server/pull/select.ts";
import type { Sink } from "../sink/sink.ts";
import type { Ending } from "../sink/writeQueue.ts";
import { poll } from "../tap/poll.ts";
import { pollForever, pollOnce, type PollStream } from "../tap/scheduler.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import { watchClock } from "../wiring/clockWatch.ts";
import { watchSecrets } from "../wiring/secretWatch.ts";
import type { Tap as OpenedTap } from "../wiring/tap.ts";
import type { StreamChoice, StreamReport } from "./options.ts";

/** Where the lines of one pull or run go; it is made for each of them, since a sink that failed takes nothing more. */
export type SinkOf = (ending: Ending) => Sink;

/** A tap at work. */
export interface Works {
  /** Polls each stream once. @throws usage, stopped, and what concerns more than one stream */
  pull(choice: StreamChoice, sinkOf: SinkOf): Promise<readonly StreamReport[]>;
  /** Polls until the tap is told to stop. @throws usage, and what concerns more than one stream */
  run(choice: StreamChoice, sinkOf: SinkOf): Promise<void>;
  /** Ends what is under way, then lets go of everything. */
  close(): Promise<void>;
}

/** Whether an end was asked for. */
export function isStop(thrown: unknown): boolean {
  return !asGraphtapError(thrown).kind.isFault;
}

export function createWorks(opened: OpenedTap, onPoll: (report: StreamReport) => void): Works {
  let current: Promise<unknown> | null = null;
  let closing: Promise<void> | null = null;

  const told: PollStream = async (stream, ...others) => {
    const report = await poll(stream, ...others);
    onPoll(reportOf(stream, report));
    return report;
  };

  async function begin<T>(
    choice: StreamChoice,
    sinkOf: SinkOf,
    work: (streams: readonly Stream[], engine: Engine, stop: AbortController) => Promise<T>,
  ): Promise<T> {
    if (current !== null) {
      throw new GraphtapError("usage", "Cannot read: a pull or a run of this tap is under way");
    }
    opened.stop.signal.throwIfAborted();
    const { services = [], inputs = [] } = choice;
    const streams = selectStreams(opened.streams, { services, inputs });
    const stop = within(opened.stop.signal);
    const sink = sinkOf({ stop: stop.signal, clock: opened.engine.clock });
    const done = work(streams, { ...opened.engine, sink }, stop).finally(() => sink.close());
    current = done.catch(() => {}).finally(() => current = null);
    return await done;
  }

  async function end(): Promise<void> {
    opened.stop.abort(new GraphtapError("stopped", "the tap was closed"));
    await current;
    await opened.close();
  }

  return {
    pull: (choice, sinkOf) =>
      begin(choice, sinkOf, async (streams, engine, stop) => {
        const outcomes = await pollOnce(streams, engine, stop, told);
        return outcomes.map(({ stream, report }) => reportOf(stream, report));
      }),
    run: (choice, sinkOf) =>
      begin(choice, sinkOf, async (chosen, engine, stop) => {
        void watchClock({ ...opened, engine, stop });
        watchSecrets(engine.clock, stop.signal).goOn(
          opened.streams.filter((stream) => chosen.includes(stream)),
        );
        await pollForever(chosen, engine, stop, told).catch((thrown: unknown) => {
          if (!isStop(thrown)) throw thrown;
        });
      }),
    close: () => closing ??= end(),
  };
}

/** Is aborted with `outer`, and by what happens within alone. */
function within(outer: AbortSignal): AbortController {
  const inner = new AbortController();
  // Every stream listens for the stop, and each of its waits does.
  setMaxListeners(0, inner.signal);
  outer.addEventListener("abort", () => inner.abort(outer.reason), { once: true, signal: inner.signal });
  return inner;
}

function reportOf({ input, service }: Stream, report: Omit<StreamReport, "input" | "service">): StreamReport {
  const { requests, received, sent, duplicates, late, gaps, elapsedMs, error } = report;
  return {
    input: input.name,
    service: service.name,
    requests,
    received,
    sent,
    duplicates,
    late,
    gaps,
    elapsedMs,
    error,
  };
}
