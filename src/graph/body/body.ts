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
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  const giveUp = () => body.destroy(Object.assign(new Error("too slow"), { code: TOO_SLOW }));
  let leftMs = timeoutMs;

  async function arrived(): Promise<Uint8Array | null> {
    const since = performance.now();
    const timer = setTimeout(giveUp, Math.max(0, leftMs));
    const next = await chunks.next().finally(() => clearTimeout(timer));
    leftMs -= performance.now() - since;
    if (next.done) return null;
    // Not as a Buffer, whose slices cost several times as much, and each record is cut into some.
    return new Uint8Array(next.value.buffer, next.value.byteOffset, next.value.length);
  }

  const pieces: Pieces = inflate === null ? arrived : inflate(arrived);
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const value = await pieces();
        return value === null ? END : { done: false, value };
      } catch (error) {
        body.destroy();
        throw failure(error);
      }
    },
    return() {
      body.destroy();
      return Promise.resolve(END);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
