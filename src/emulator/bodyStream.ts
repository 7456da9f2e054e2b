import { Readable } from "node:stream";
import { createGzip } from "node:zlib";

/** A stream of blocks, made as the reader asks for them. */
export function streamOf(
  blocks: Generator<Uint8Array> | AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await blocks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await blocks.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/** The blocks, compressed. */
export async function* gzipped(blocks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of Readable.from(blocks).pipe(createGzip())) yield block as Uint8Array;
}

/** A body that fails when its request is aborted, as one from a socket does. */
export function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let stop = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stop = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => {});
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (signal.aborted) return;
        if (!done) return controller.enqueue(value);
        signal.removeEventListener("abort", stop);
        controller.close();
      } catch (error) {
        signal.removeEventListener("abort", stop);
        if (!signal.aborted) controller.error(error);
      }
    },
    cancel(reason) {
      signal.removeEventListener("abort", stop);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
