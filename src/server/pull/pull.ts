import { GraphtapError } from "../../errors.ts";
import type { Batch } from "./batch.ts";
import { type PullRequest, type PullShop, stopIfFatal } from "./shop.ts";
import { readBatch, type Reading } from "./readBatch.ts";
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
export async function pull(request: PullRequest, shop: PullShop, gone: AbortSignal): Promise<PullAnswer> {
  const ending = new AbortController();
  const clientLeft = () =>
    ending.abort(
      new GraphtapError("sink-closed", "Cannot send event lines: the client of the pull went away"),
    );
  const stopped = () => ending.abort(shop.stop.signal.reason);
  gone.addEventListener("abort", clientLeft, { once: true });
  shop.stop.signal.addEventListener("abort", stopped, { once: true });
  if (gone.aborted) clientLeft();
  if (shop.stop.signal.aborted) stopped();
  const release = () => {
    gone.removeEventListener("abort", clientLeft);
    shop.stop.signal.removeEventListener("abort", stopped);
  };
  let end = () => {};
  let reading: Reading;
  try {
    end = await takeTurns(request.streams, shop, ending.signal);
    reading = readBatch(request, shop, ending);
  } catch (thrown) {
    release();
    end();
    throw stopIfFatal(thrown, shop);
  }
  const done: Promise<void> = reading.done.finally(() => {
    release();
    end();
    shop.running.delete(done);
  });
  shop.running.add(done);
  done.catch(() => {});
  const begun = await Promise.race([reading.begun.then(() => true), done.then(() => false)]);
  return begun
    ? { batch: request.confirm ? reading.batch : null, body: reading.body }
    : { batch: null, body: null };
}
