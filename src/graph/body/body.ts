import type { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { Inflate, Pieces } from "./inflate.ts";

/** A body that came too slowly fails with this code. */
export const TOO_SLOW = "BODY_TOO_SLOW";

const END = { done: true, value: undefined } as const;

export interface BodyOptions {
  /** `null` for a body that is not compressed. */
  readonly inflate: Inflate | null;
  /** Milliseconds that may be spent waiting for the body; what the reader does with its pieces does not count. */
  readonly timeoutMs: number;
  /** What an error means. */
  readonly failure: (error: unknown) => unknown;
}

/**
 * The pieces of a body, inflated, as they arrive; each holds until the next is asked for. Reading to the end, or
 * breaking off, frees the connection.
 *
 * An iterator by hand: V8 would optimise the same as async generators, one in the other, for longer than it ever saves.
 */
export function openBody(
  body: Readable,
  { inflate, timeoutMs, failure }: BodyOptions,
): AsyncIterable<Uint8Array> {
  const patience = createPatience(
    timeoutMs,
    () => body.destroy(Object.assign(new Error("too slow"), { code: TOO_SLOW })),
  );
  const chunks = chunksOf(body, patience);
  const pieces: Pieces = inflate === null ? chunks : inflate(chunks);
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const value = await pieces();
        if (value !== null) return { done: false, value };
        patience.end();
        return END;
      } catch (error) {
        patience.end();
        body.destroy();
        throw failure(error);
      }
    },
    return() {
      patience.end();
      body.destroy();
      return Promise.resolve(END);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** What the stream's own iterator gives, without what that does for streams of every kind. */
function chunksOf(body: Readable, patience: Patience): Pieces {
  let wake = () => {};
  const woken = () => wake();
  body.on("readable", woken).on("end", woken).on("close", woken).on("error", woken);
  const moved = () => new Promise<void>((resolve) => wake = resolve);
  return async () => {
    for (;;) {
      const chunk: Buffer | null = body.destroyed ? null : body.read();
      // Not as a Buffer, whose slices cost several times as much, and each record is cut into some.
      if (chunk !== null) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      if (body.readableEnded) return null;
      if (body.errored) throw body.errored;
      if (body.closed) {
        throw Object.assign(new Error("closed before its end"), { code: "ERR_STREAM_PREMATURE_CLOSE" });
      }
      patience.begin();
      await moved();
      patience.pause();
    }
  };
}

/** Bears a bounded time of waiting, which may come in parts. */
interface Patience {
  begin(): void;
  pause(): void;
  /** No more will be waited for. */
  end(): void;
}

/** One timer for all the parts, set anew where it came too early. */
function createPatience(timeoutMs: number, lost: () => void): Patience {
  let waitedMs = 0;
  let since: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const waited = () => waitedMs + (since === null ? 0 : performance.now() - since);
  function look(): void {
    const leftMs = timeoutMs - waited();
    if (leftMs > 0) timer = setTimeout(look, leftMs);
    else if (since !== null) lost();
    else timer = undefined;
  }
  return {
    begin() {
      since = performance.now();
      if (timer === undefined) look();
    },
    pause() {
      waitedMs = waited();
      since = null;
    },
    end: () => clearTimeout(timer),
  };
}
