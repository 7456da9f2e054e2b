import { asGraphtapError, codesOf, GraphtapError } from "../../errors.ts";
import type { Sink } from "../../sink/sink.ts";
import { poll } from "../../tap/poll.ts";
import { startPosition } from "../../tap/startPosition.ts";
import type { Batch, BatchPart } from "./batch.ts";
import { countLines } from "../../telemetry/stats.ts";
import { type PullContext, type PullRequest, stopIfFatal } from "./context.ts";
import { createResponseSink } from "./responseSink.ts";
import { noted, type ServedStream } from "../served.ts";
import { holdCommits } from "./heldState.ts";

/** A client that takes nothing for this long is gone: it must not keep the stream from others. */
const STALL_MS = 60_000;

/** A batch on its way to a client. */
export interface BatchResponse {
  readonly batch: Batch;
  readonly body: ReadableStream<Uint8Array>;
  readonly begun: Promise<void>;
  /** Resolves when everything is settled. @throws what no line was sent for */
  readonly done: Promise<void>;
}

/**
 * Polls the streams of a pull, whose turns the caller holds until `done`. Batches handed out of them before are
 * abandoned: who pulls again has not got, or does not want, the former.
 *
 * @param ending aborted when the batch is to end before the streams do; its reason says why
 * @throws state-unusable
 */
export function readBatch(
  request: PullRequest,
  context: PullContext,
  ending: AbortController,
): BatchResponse {
  const { engine, events } = context;
  const batch = openBatch(request, context);
  const { parts } = batch;
  const sink = createResponseSink({
    clock: engine.clock,
    stallMs: STALL_MS,
    onClosed: (why) => ending.abort(why),
  });
  let lines = 0;
  const sinkOf = (part: BatchPart): Sink => {
    const own = {
      async write(bytes: Uint8Array) {
        await sink.write(bytes);
        const taken = countLines(bytes);
        part.lines += taken;
        lines += taken;
        if (request.format === engine.format) events.publish(part.served.stream, bytes);
        if (lines >= request.limit) ending.abort(new GraphtapError("stopped", "the batch is full"));
      },
      close: () => Promise.resolve(),
    };
    return own;
  };
  const polls = parts.map(async (part) => {
    const { served, held } = part;
    try {
      const stream = { ...served.stream, state: held.state };
      const own = { ...engine, sink: sinkOf(part), format: request.format };
      const signal = AbortSignal.any([ending.signal, served.gone.signal]);
      part.error = (await noted(served, engine.clock, () => poll(stream, own, signal))).error;
      return null;
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      // The first failure that concerns more than one stream ends them all, and so does a stream that is gone.
      if (!ending.signal.aborted) ending.abort(error);
      return error;
    }
  });
  return {
    batch,
    body: sink.body,
    begun: sink.begun,
    done: Promise.all(polls).then((thrown) => {
      const reasons = thrown.filter((error) => error !== null);
      // A batch that is full is whole, unless something worse came after.
      const ended = sink.closed ?? reasons.find(({ kind }) => kind.isFault) ?? reasons[0] ?? null;
      batch.complete = ended === null && parts.every(({ error }) => error === null);
      try {
        settle(batch, lines > 0, request, context, ended);
        sink.end();
      } catch (thrown) {
        const error = stopIfFatal(thrown, context);
        sink.break(error);
        throw error;
      }
    }),
  };
}

function openBatch({ streams }: PullRequest, { batches, engine: { clock } }: PullContext): Batch {
  for (const former of streams.map(batches.of)) if (former !== null) batches.abandon(former);
  return batches.open(streams.map((served) => {
    begin(served, clock.now());
    return { served, held: holdCommits(served.stream.state), lines: 0, error: null };
  }));
}

/** Makes the batch durable, lets it wait, or forgets it. @throws what the client is to be told */
function settle(
  batch: Batch,
  sentAny: boolean,
  request: PullRequest,
  { batches, engine, stop }: PullContext,
  ended: GraphtapError | null,
): void {
  report(batch, request.confirm, ended);
  if (ended?.kind.isFault) {
    batches.abandon(batch);
    throw ended;
  }
  batch.sentMs = engine.clock.now();
  // A stream without new records has nothing to confirm: its position would only lag behind.
  for (const part of batch.parts) if (part.lines === 0) part.held.commit();
  if (!request.confirm || !sentAny) batches.confirm(batch.id);
  const failures = batch.parts.map(({ error }) => error).filter((error) => error !== null);
  if (!sentAny && failures.length > 0 && failures.length === batch.parts.length) throw failures[0];
  if (!sentAny && stop.signal.aborted) throw stop.signal.reason;
}

/**
 * Where a stream begins is decided at its first poll, and must hold even if the lines of that poll are never
 * confirmed: a later beginning would leave out what came between.
 */
function begin({ stream }: ServedStream, nowMs: number): void {
  const position = startPosition(stream, nowMs);
  if (stream.state.loadPosition() === null) stream.state.commitInFile(position);
}

function report(batch: Batch, confirm: boolean, ended: GraphtapError | null): void {
  for (const { served: { stream: { log } }, lines, error } of batch.parts) {
    const figures = { sent: lines, batch: confirm ? batch.id : undefined };
    if (error !== null) {
      const level = error.kind.ofInput ? "debug" : "error";
      log[level](`pull failed: ${error.message}`, { ...codesOf(error), ...figures });
    } else if (!ended?.kind.isFault) log.info("pull done", figures);
    else log.warn(`pull ended early: ${ended.message}`, { ...codesOf(ended), ...figures });
  }
}
