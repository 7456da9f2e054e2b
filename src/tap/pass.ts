import type { GraphtapError } from "../errors.ts";
import type { PageReader } from "../graph/pages.ts";
import { fromMillis, type Instant } from "../instant.ts";
import type { Checkpoint } from "../state/checkpoint.ts";
import type { Sink } from "../sink/sink.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { createTable, KEY_WORDS } from "../state/seen/table.ts";
import { createIntake, type Intake } from "../record/intake.ts";
import { lineStyle } from "../record/line.ts";
import { createMask } from "../record/mask.ts";
import { keysNeededSince, newestOf, openPosition, withNewest } from "./position.ts";
import type { Engine, Stream } from "./stream.ts";
import { createTagger } from "../record/tag.ts";

/** The working data of one poll. */
export interface Pass {
  readonly stream: Stream;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly startedMs: number;
  /** Nothing newer is read: when the pass began, or Graph's own clock where that is behind the host's. */
  now: Instant;
  readonly seen: SeenSet;
  readonly intake: Intake;
  readonly reader: PageReader;
  checkpoint: Checkpoint;
  /** Records received when keys and position were last made durable. */
  committed: number;
  requests: number;
  pages: number;
  /** Requests among those made to read again what was read before. */
  sweepRequests: number;
  /** Records that a re-read found. */
  late: number;
  /** How old the oldest of those was when it was found; seconds. */
  lateBySeconds: number;
  /** Ranges that could not be read. */
  gaps: number;
}

export interface PassOptions {
  /** Deliver what was delivered before, too. @default false */
  readonly again?: boolean;
}

/** Everything that one poll of `stream` works with. */
export function openPass(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  options: PassOptions = {},
): Pass {
  const { input, service, plugin } = stream;
  const startedMs = engine.clock.now();
  const checkpoint = openPosition(stream, startedMs);
  const seen = options.again ? delivering(stream.state.seen()) : stream.state.seen();
  for (const key of engine.sink.accepted?.(nameOf(stream)) ?? []) seen.add(key);
  // A service that chooses a 1.x tag version has 1.x tags, whatever the rest of the file has.
  const generation = service.tagVersion === null ? engine.tagGeneration : "1";
  const intake = createIntake({
    plugin,
    trackUpdates: service.trackUpdates,
    seen,
    makeKey: engine.makeKey,
    sink: engine.sink,
    stream: nameOf(stream),
    tagger: createTagger(plugin.tag, generation, service.overrideTag),
    mask: createMask(service.obfuscation),
    style: lineStyle({
      format: engine.format,
      service: service.name,
      input: input.name,
      hostname: engine.hostname,
      environment: input.environment,
      pullStartedMs: startedMs,
    }),
    newest: newestOf(checkpoint),
  });
  const pass: Pass = {
    stream,
    engine,
    signal,
    startedMs,
    now: fromMillis(startedMs),
    seen,
    intake,
    checkpoint,
    committed: 0,
    requests: 0,
    pages: 0,
    sweepRequests: 0,
    late: 0,
    lateBySeconds: 0,
    gaps: 0,
    reader: {
      graph: stream.graph,
      graphUrl: stream.graphUrl,
      clock: engine.clock,
      random: engine.random,
      log: stream.log,
      framers: engine.framers,
      onRecord: intake.onRecord,
      onProgress: () => intake.drain(),
      onRequest: () => pass.requests++,
    },
  };
  return pass;
}

/** The set as it is, but for the answer whether a record is new: each is that once, for windows share their bounds. */
function delivering(seen: SeenSet): SeenSet {
  const given = createTable();
  const words = new Int32Array(KEY_WORDS);
  const bytes = new Uint8Array(words.buffer);
  return {
    ...seen,
    get size() {
      return seen.size;
    },
    add(key) {
      seen.add(key);
      bytes.set(key);
      return given.add(words, 0);
    },
  };
}

/** Makes a page's keys and position durable together: a position without its keys would deliver twice. */
export function commit(pass: Pass): void {
  const { engine, stream } = pass;
  pass.checkpoint = current(pass);
  stream.state.commit(pass.checkpoint);
  pass.committed = pass.intake.received;
  engine.sink.committed?.(nameOf(stream));
}

/** The same, with the position in the file where people look for it, as it must be before keys are dropped. */
export function commitAndSave(pass: Pass): void {
  const { engine, seen, stream } = pass;
  pass.checkpoint = current(pass);
  seen.commit();
  stream.state.saveCheckpoint(pass.checkpoint);
  pass.committed = pass.intake.received;
  engine.sink.committed?.(nameOf(stream));
}

function current({ checkpoint, engine, intake }: Pass): Checkpoint {
  return { ...withNewest(checkpoint, intake.newest), last_poll_ended_ms: engine.clock.now() };
}

/** After a failure of the sink only that counts as delivered which the sink says it accepted. */
export function keepAccepted({ engine, seen, stream }: Pass): void {
  seen.rollback();
  absorbAccepted(stream, engine.sink);
}

/**
 * Takes into the seen set what `sink` accepted in an earlier process that was killed before it could: who reads the
 * stream for another reader than the sink must not give it those records again.
 */
export function absorbAccepted(stream: Stream, sink: Sink): void {
  const keys = sink.accepted?.(nameOf(stream)) ?? [];
  if (keys.length === 0) return;
  const seen = stream.state.seen();
  for (const key of keys) seen.add(key);
  seen.commit();
  sink.committed?.(nameOf(stream));
}

/** What a sink knows a stream by: stays the same from run to run. */
function nameOf({ input, service }: Stream): string {
  return `${input.id}/${service.name}`;
}

/** Whatever ended the poll, lines that are whole leave, and what the sink accepted is remembered. */
export async function leaveInOrder(pass: Pass, failure: GraphtapError | null): Promise<void> {
  try {
    await pass.intake.drain();
  } catch (error) {
    keepAccepted(pass);
    throw error;
  }
  const { checkpoint, intake } = pass;
  pass.checkpoint = {
    ...checkpoint,
    records: checkpoint.records + intake.received - intake.duplicates,
    duplicates: checkpoint.duplicates + intake.duplicates,
    last_success_ms: failure === null ? pass.engine.clock.now() : checkpoint.last_success_ms,
    last_error: failure?.kind.isFault ? failure.code : null,
  };
  if (failure?.kind.isFault === false) {
    // Hundreds of streams may end at once, and the whole program within two seconds: only what is new is saved.
    if (pass.committed < intake.received) commit(pass);
    return;
  }
  commitAndSave(pass);
  pass.seen.expire(keysNeededSince(pass.checkpoint, pass.startedMs));
}
