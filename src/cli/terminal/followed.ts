/** The streams of a tap, watched for as long as somebody looks: what is shown of them comes from the server's figures. */
import type { Clock } from "../../clock.ts";
import { counted, createServedStreams, noted } from "../../server/served.ts";
import { createDelivery } from "../../server/status/delivery.ts";
import type { Status } from "../../server/status/schema.ts";
import { type ProcessFacts, statusOf } from "../../server/status/status.ts";
import { poll, type PollReport } from "../../tap/poll.ts";
import type { PlanStream, PollStream } from "../../tap/scheduler.ts";
import type { Engine, Stream } from "../../tap/stream.ts";
import { version } from "../../wiring/version.ts";

/** What a command reads by, instead of its tap's own streams. */
export interface Followed {
  readonly streams: readonly Stream[];
  readonly poll: PollStream;
  readonly plan: PlanStream;
  /** How they are doing; `null` where nobody counts. */
  readonly status: (() => Status) | null;
  /** Reads one of the streams in another way than a poll. */
  readonly read: (
    stream: Stream,
    engine: Engine,
    how: (engine: Engine) => Promise<PollReport>,
  ) => Promise<PollReport>;
  /** Follows these from now on, and no others. */
  readonly goOn: (streams: readonly Stream[]) => void;
}

/** Streams that are followed, and how they are doing. */
export interface Following extends Followed {
  /** How many there are. */
  readonly count: () => number;
  readonly status: () => Status;
}

/**
 * @param startedMs when the command began; milliseconds since the epoch
 * @param polls whether streams are polled at their periods
 */
export function follow(
  streams: readonly Stream[],
  clock: Pick<Clock, "now">,
  { startedMs, polls, share }: Pick<ProcessFacts, "startedMs" | "polls" | "share">,
): Following {
  const now = () => clock.now();
  const delivery = createDelivery(now);
  const served = createServedStreams(clock);
  served.serve(streams);
  const read: Followed["read"] = (stream, engine, how) => {
    const one = served.of(stream);
    if (one === undefined) return how(engine);
    const sink = counted(engine.sink, one, delivery, clock);
    return noted(one, engine.clock, () => how({ ...engine, sink }));
  };
  return {
    streams: served.list().map(({ stream }) => stream),
    read,
    poll: (stream, engine, ...rest) =>
      read(stream, engine, (own) => poll(served.of(stream)?.stream ?? stream, own, ...rest)),
    goOn: (next) => served.serve(next),
    count: () => served.list().length,
    plan(stream, nextMs) {
      const one = served.of(stream);
      if (one !== undefined) one.figures.nextPollMs = nextMs;
    },
    status: () =>
      statusOf(served.list(), {
        version,
        nowMs: now(),
        startedMs,
        polls,
        share: share ?? null,
        sinkStalledSeconds: delivery.stalledSeconds(),
        hasBatch: () => false,
      }),
  };
}
