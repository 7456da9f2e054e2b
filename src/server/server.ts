import type { Hono } from "hono";
import { GraphtapError } from "../errors.ts";
import type { Sink } from "../sink/sink.ts";
import { commitAccepted } from "../tap/accepted.ts";
import { poll } from "../tap/poll.ts";
import type { PlanStream, PollStream } from "../tap/scheduler.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import type { Log } from "../telemetry/log.ts";
import { createApp } from "./app.ts";
import { createBatches } from "./pull/batch.ts";
import type { AppBindings } from "./listen.ts";
import { createEventHub } from "./eventHub.ts";
import type { GuardOptions } from "./guard.ts";
import type { PullContext } from "./pull/context.ts";
import type { ReloadResult } from "./reload.ts";
import { counted, createServedStreams, noted, type ServedStream } from "./served.ts";
import { createDelivery, type Delivery } from "./status/delivery.ts";
import type { ProcessFigures } from "./status/processSamples.ts";
import type { Status } from "./status/schema.ts";
import { statusOf } from "./status/status.ts";
import { turnForPolling } from "./pull/takeTurns.ts";

/** How long the server's own polling leaves a stream to a client that has not confirmed its batch. */
const CONFIRM_WITHIN_MS = 300_000;

/** What a client is told whose pull waits for a stream that goes, or whose batch ends because of it. */
const GONE = new GraphtapError("stopped", "the configuration was read again, pull again", {
  retryAfterSeconds: 1,
});

export interface ServerOptions {
  readonly streams: readonly Stream[];
  readonly engine: Engine;
  readonly stop: AbortController;
  readonly log: Log;
  readonly guard: GuardOptions;
  /** Whether the server polls by itself, with {@linkcode TapServer.poll}. */
  readonly polls: boolean;
  readonly version: string;
  readonly program: ProcessFigures;
  /** Reads the configuration again. */
  readonly reload: () => Promise<ReloadResult>;
}

/** A tap that answers to HTTP; nothing listens yet. */
export interface TapServer {
  readonly app: Hono<AppBindings>;
  /** The streams that there are now, watched. */
  readonly streams: readonly Stream[];
  /** Polls one of them when its turn comes. */
  readonly poll: PollStream;
  /** To be told when one of them is polled next. */
  readonly plan: PlanStream;
  /** Lets nobody begin to read these. Resolves when no pull reads them any more. @throws the reason of the stop */
  leave(streams: readonly Stream[]): Promise<void>;
  /** Serves these from now on, and no others. */
  goOn(streams: readonly Stream[]): void;
  /** Resolves when no batch with records of the stream waits to be confirmed. */
  settled(stream: Stream): Promise<void>;
  /** How everything is doing, as the page and `/v1/status` have it. */
  readonly status: () => Status;
  /** Ends the listeners of events, who would otherwise never leave. */
  dismiss(): void;
  /** Resolves when no pull is under way. */
  idle(): Promise<void>;
}

/** A stream goes to one reader at a time: to the server's own polling, or to a pull. */
export function createTapServer(options: ServerOptions): TapServer {
  const { engine, stop } = options;
  const { clock } = engine;
  const now = () => clock.now();
  const delivery = createDelivery(now);
  const served = createServedStreams(clock);
  const pulls: PullContext = {
    engine,
    stop,
    batches: createBatches(now),
    events: createEventHub(),
    running: new Set(),
  };
  function goOn(streams: readonly Stream[]): void {
    for (const stream of streams) if (served.of(stream) === undefined) commitAccepted(stream, engine.sink);
    served.serve(streams);
  }
  goOn(options.streams);
  const startedMs = now();
  const { version, polls, program } = options;
  const status = () =>
    statusOf(served.list(), {
      version,
      startedMs,
      polls,
      share: program.share ?? null,
      damages: program.damages ?? [],
      nowMs: now(),
      sinkStalledSeconds: delivery.stalledSeconds(),
      reloads: program.reloads,
      deadLetters: engine.sink.figures?.().deadLetters ?? null,
      hasBatch: (one) => pulls.batches.of(one) !== null,
    });
  return {
    app: createApp({ ...options, served, pulls, delivery, status }),
    status,
    get streams() {
      return served.list().map(({ stream }) => stream);
    },
    async poll(stream, own, signal, ...rest) {
      const one = served.of(stream);
      if (one === undefined) throw new GraphtapError("bug", "a stream that is not served was polled");
      const end = await turnForPolling(one, pulls, signal, CONFIRM_WITHIN_MS);
      try {
        const showing = { ...own, sink: watched(own.sink, one, pulls, delivery) };
        return await noted(one, own.clock, () => poll(one.stream, showing, signal, ...rest));
      } finally {
        end();
      }
    },
    plan(stream, nextMs) {
      const one = served.of(stream);
      if (one !== undefined) one.figures.nextPollMs = nextMs;
    },
    async leave(streams) {
      const leaving = streams.flatMap((stream) => served.of(stream) ?? []);
      for (const { gone } of leaving) gone.abort(GONE);
      await Promise.all(leaving.map(({ turn }) => turn.take(stop.signal).then((end) => end())));
    },
    goOn,
    async settled(stream) {
      await pulls.batches.of({ stream })?.settled;
    },
    dismiss: () => pulls.events.close(),
    async idle() {
      await Promise.allSettled(pulls.running);
    },
  };
}

/** The sink; what it has accepted is counted, and shown to the listeners too. */
function watched(
  sink: Sink,
  one: ServedStream,
  { events, engine: { clock } }: PullContext,
  delivery: Delivery,
): Sink {
  const counting = counted(sink, one, delivery, clock);
  return {
    ...counting,
    async write(...lines) {
      await counting.write(...lines);
      events.publish(one.stream, lines[0]);
    },
  };
}
