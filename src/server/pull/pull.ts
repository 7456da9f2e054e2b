import { GraphtapError } from "../../errors.ts";
import type { Batch } from "./batch.ts";
import { type PullContext, type PullRequest, stopIfFatal } from "./context.ts";
import { type BatchResponse, readBatch } from "./readBatch.ts";
import { takeTurns } from "./takeTurns.ts";

export interface PullAnswer {
  /** The batch to confirm; `null` when nothing waits for a confirmation. */
  readonly batch: Batch | null;
  /** `null` when nothing is new. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * Polls the streams with a response as their sink. What the polls make durable waits until the last line was taken,
 * or until the client confirms; a client that leaves before gets all of it again.
 *
 * @param gone aborted when the client is
 * @throws state-in-use when another reader does not end; the failure of the streams when nothing could be read
 */
export async function pull(
  request: PullRequest,
  context: PullContext,
  gone: AbortSignal,
): Promise<PullAnswer> {
  const ending = new AbortController();
  const clientLeft = () =>
    ending.abort(
      new GraphtapError("sink-closed", "Cannot send event lines: the client of the pull went away"),
    );
  const stopped = () => ending.abort(context.stop.signal.reason);
  gone.addEventListener("abort", clientLeft, { once: true });
  context.stop.signal.addEventListener("abort", stopped, { once: true });
  if (gone.aborted) clientLeft();
  if (context.stop.signal.aborted) stopped();
  const release = () => {
    gone.removeEventListener("abort", clientLeft);
    context.stop.signal.removeEventListener("abort", stopped);
  };
  let end = () => {};
  let response: BatchResponse;
  try {
    end = await takeTurns(request.streams, context, ending.signal);
    response = readBatch(request, context, ending);
  } catch (thrown) {
    release();
    end();
    throw stopIfFatal(thrown, context);
  }
  const done: Promise<void> = response.done.finally(() => {
    release();
    end();
    context.running.delete(done);
  });
  context.running.add(done);
  done.catch(() => {});
  const begun = await Promise.race([response.begun.then(() => true), done.then(() => false)]);
  return begun
    ? { batch: request.confirm ? response.batch : null, body: response.body }
    : { batch: null, body: null };
}
