import type { PageReader } from "../graph/pages.ts";
import { compareInstants, type Instant } from "../instant.ts";
import { createIntake, type Intake } from "../record/intake.ts";
import { lineStyle } from "../record/line.ts";
import { createTagger } from "../record/tag.ts";
import type { Position } from "../state/position.ts";
import { keySet } from "../state/seen/memory.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { sinkName } from "./accepted.ts";
import { forgottenBefore } from "./keyLife.ts";
import { createGraphClock, type GraphClock } from "./graphClock.ts";
import { createPollCounts, type PollCounts } from "./pollCounts.ts";
import { createPollPosition, type PollPosition } from "./pollPosition.ts";
import { startPosition } from "./startPosition.ts";
import type { Engine, Stream } from "./stream.ts";

/** What one poll works with. Only `position`, `counts`, `graphClock` and what they stand for change, each by its own verbs. */
export interface PollContext {
  readonly stream: Stream;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly seen: SeenSet;
  readonly intake: Intake;
  readonly reader: PageReader;
  readonly position: PollPosition;
  readonly counts: PollCounts;
  readonly graphClock: GraphClock;
}

export interface PollContextOptions {
  /** Deliver what was delivered before, too. @default false */
  readonly again?: boolean;
}

/** Everything that one poll of `stream` works with. */
export function openPollContext(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  options: PollContextOptions = {},
): PollContext {
  const startedMs = engine.clock.now();
  const saved = startPosition(stream, startedMs);
  const seen = options.again ? delivering(stream.state.seen()) : stream.state.seen();
  for (const key of engine.sink.accepted?.(sinkName(stream)) ?? []) seen.add(key);
  const isForgotten = (time: Instant) => {
    const before = forgottenBefore(position.current, startedMs);
    return before !== null && compareInstants(time, before) < 0;
  };
  const intake = intakeOf(stream, engine, seen, saved, startedMs, isForgotten);
  const position = createPollPosition(saved, { stream, engine, startedMs, seen, intake });
  const counts = createPollCounts();
  return {
    stream,
    engine,
    signal,
    startedMs,
    seen,
    intake,
    position,
    counts,
    graphClock: createGraphClock(engine.clock),
    reader: {
      graph: stream.graph,
      graphUrl: stream.graphUrl,
      clock: engine.clock,
      random: engine.random,
      log: stream.log,
      framers: engine.framers,
      onRecord: intake.onRecord,
      onBatch: intake.onBatch,
      onTooLong: intake.onTooLong,
      onProgress: intake.offer,
      onPageEnd: intake.drain,
      onBytes: (bytes) => stream.traffic.received(bytes),
      onRequest: () => counts.countRequest(),
      onFailure: (error) => counts.countFailure(error),
    },
  };
}

function intakeOf(
  stream: Stream,
  engine: Engine,
  seen: SeenSet,
  { newest }: Position,
  pullStartedMs: number,
  isForgotten: (time: Instant) => boolean,
): Intake {
  const { input, service, plugin } = stream;
  // A service that chooses a 1.x tag version has 1.x tags, whatever the rest of the file has.
  const generation = service.tagVersion === null ? stream.tagGeneration : "1";
  return createIntake({
    plugin,
    trackUpdates: service.trackUpdates,
    keepNames: service.tellsRemoved === true,
    seen,
    makeKey: engine.makeKey,
    sink: engine.sink,
    stream: sinkName(stream),
    tagger: createTagger(plugin.tag, generation, service.overrideTag),
    mask: engine.masks(service.obfuscation),
    style: lineStyle({
      format: engine.format,
      service: service.name,
      input: input.name,
      hostname: engine.hostname,
      environment: input.environment,
      pullStartedMs,
    }),
    newest,
    isForgotten,
  });
}

/** The set as it is, but for the answer whether a record is new: each is that once, for windows share their bounds. */
function delivering(seen: SeenSet): SeenSet {
  const given = keySet();
  return {
    ...seen,
    add(key) {
      seen.add(key);
      return given.add(key);
    },
    addAll(keys, count, fresh) {
      seen.addAll(keys, count, fresh);
      return given.addAll(keys, count, fresh);
    },
  };
}
