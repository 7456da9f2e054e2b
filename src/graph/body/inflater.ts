/** Inflating at once, by what zlib's streams are made of. */
import { Buffer } from "node:buffer";
import { constants, createGunzip, type createInflateRaw, gzipSync } from "node:zlib";
import { stepsOf } from "../../zlibSteps.ts";

/** Inflates a body chunk by chunk, into the same memory again and again. */
export interface Inflater {
  /**
   * Takes the next chunk, when there is no piece left of the one before.
   *
   * @param flush `Z_FINISH` with nothing, behind the last chunk; else `Z_SYNC_FLUSH`
   * @throws as `next` does
   */
  feed(chunk: Uint8Array, flush: number): void;
  /** The next piece; `null` when there is none before the next chunk. @throws what the bytes are not */
  next(): Uint8Array | null;
  /** Begins another body, after one that was whole. */
  reset(): void;
  /** Frees zlib's memory now, not when the collector comes. */
  close(): void;
}

/** @param memory where the pieces lie, one after the other: each as large as it at most */
export type OpenInflater = (memory: Uint8Array) => Inflater;

/** One that can tell what it left of a chunk: that is behind the end of what it inflates. */
export interface InflaterBySteps extends Inflater {
  rest(): Uint8Array;
}

export const NOTHING: Uint8Array = new Uint8Array(0);
/** What gzip's header takes where it names no file, and tells nothing else (RFC 1952, section 2.3). */
export const HEADER_BYTES = 10;

export function openInflater(
  memory: Uint8Array,
  create: typeof createGunzip | typeof createInflateRaw = createGunzip,
): InflaterBySteps {
  const stream = create({ chunkSize: constants.Z_MIN_CHUNK });
  const { _handle: handle, _writeState: left } = stepsOf(stream);
  let chunk = NOTHING;
  let at = 0;
  let flushing = 0;
  let more = false;
  let failure: Error | null = null;
  handle.onerror = (message, errno) => {
    failure = inflateFailure(message, errno === constants.Z_BUF_ERROR ? "Z_BUF_ERROR" : "Z_DATA_ERROR");
  };
  return {
    feed(next, flush) {
      chunk = next;
      at = 0;
      flushing = flush;
      more = true;
    },
    next() {
      while (more) {
        handle.writeSync(flushing, chunk, at, chunk.length - at, memory, 0, memory.length);
        if (failure !== null) throw failure;
        at = chunk.length - left[1]!;
        more = left[0] === 0;
        const length = memory.length - left[0]!;
        if (length > 0) return new Uint8Array(memory.buffer, memory.byteOffset, length);
      }
      return null;
    },
    rest: () => chunk.subarray(at),
    reset() {
      chunk = NOTHING;
      handle.reset();
    },
    close: () => void stream.destroy(),
  };
}

/** As zlib tells of a body that is cut off, or is not what it should be. */
export function inflateFailure(message: string, code: "Z_BUF_ERROR" | "Z_DATA_ERROR"): Error {
  return Object.assign(new Error(message), { code });
}

/** Tries it on two good bodies and on a bad one: what is not documented may change. */
export function inflaterHolds(open: OpenInflater): boolean {
  const text = "as a stream does";
  const body = gzipSync(text);
  try {
    const good = open(new Uint8Array(64));
    for (const _ of ["first", "next"]) {
      good.feed(body, constants.Z_SYNC_FLUSH);
      if (Buffer.from(good.next() ?? []).toString() !== text || good.next() !== null) return false;
      good.reset();
    }
    good.close();
    const bad = open(new Uint8Array(64));
    // Behind a good header, so that whatever reads that cannot be what refuses it.
    bad.feed(body.fill(0xff, HEADER_BYTES), constants.Z_SYNC_FLUSH);
    bad.next();
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === "Z_DATA_ERROR";
  }
}
