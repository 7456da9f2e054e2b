import { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, gzipSync } from "node:zlib";
import { aroundTheLoop } from "../loop.ts";

/** Gives the next piece of a body, or `null` at its end. */
export type Pieces = () => Promise<Uint8Array | null>;

/**
 * Inflates a gzip body as it comes. A piece holds until the next is asked for: they may share their memory.
 *
 * @throws what zlib says of a body that is cut off (`code` is `Z_BUF_ERROR`) or damaged (`Z_DATA_ERROR`)
 */
export type Inflate = (chunks: Pieces) => Pieces;

// Large pieces cost less (measured: 16 KiB costs 1.7 times as much as 256 KiB; of 512 KiB the whole pull costs 0.95 of that).
const PIECE_BYTES = 512 * 1024;
/** Few chunks grow beyond so many; those that do give others a turn each time. */
const PIECES_A_TURN = 4;
/** What is kept for the next bodies: each holds a piece and 40 KB of zlib's. */
const MOST_KEPT = 8;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * What zlib's streams are made of, in Node since version 8 and in Deno too, and documented in neither: a step inflates
 * at once what of `from` fits into `into`, and leaves in `_writeState` how much room and how much input is left.
 */
interface Steps {
  readonly _handle: {
    writeSync(
      flush: number,
      from: Uint8Array,
      fromAt: number,
      fromLength: number,
      into: Uint8Array,
      intoAt: number,
      intoLength: number,
    ): void;
    onerror(message: string, errno: number): void;
    /** Begins another body. */
    reset(): void;
  };
  readonly _writeState: Uint32Array;
}

/**
 * The cheapest way that this runtime has: by steps where they do what we know of them, else by a stream.
 *
 * A stream takes new memory for each piece, and another thread's time to fill it; V8 then collects all its garbage
 * every 64 MB. Together that costs more than the inflating itself.
 */
export function chooseInflate(create: typeof createGunzip = createGunzip): Inflate {
  return stepsHold(create) ? createInflateBySteps() : inflatedByStream;
}

/** Tries them on two good bodies and on a bad one: what is not documented may change. */
function stepsHold(create: typeof createGunzip): boolean {
  const text = "as a stream does";
  try {
    const good = openInflater(64, create);
    for (const _ of ["first", "next"]) {
      good.feed(gzipSync(text), constants.Z_SYNC_FLUSH);
      if (Buffer.from(good.next() ?? []).toString() !== text || good.next() !== null) return false;
      good.reset();
    }
    good.close();
    const bad = openInflater(64, create);
    bad.feed(Buffer.from(text), constants.Z_SYNC_FLUSH);
    bad.next();
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === "Z_DATA_ERROR";
  }
}

/**
 * Inflaters are used again, body after body: their memory anew for each would be most of what V8's collector has to do.
 *
 * @see {@linkcode Inflate}
 */
export function createInflateBySteps(): Inflate {
  const kept: Inflater[] = [];
  return (chunks) => inflatedBySteps(chunks, kept);
}

/** @param kept is taken from, and given back to when the body has come to its end */
function inflatedBySteps(chunks: Pieces, kept: Inflater[]): Pieces {
  const inflater = kept.pop() ?? openInflater(PIECE_BYTES);
  let ended = false;
  let ofThisChunk = 0;
  return async () => {
    // A chunk may grow a thousandfold: without a turn between its pieces signals and other streams would wait for all.
    if (++ofThisChunk % PIECES_A_TURN === 0) await aroundTheLoop();
    for (;;) {
      const piece = inflater.next();
      if (piece !== null) return piece;
      if (ended) {
        giveBack(inflater, kept);
        return null;
      }
      const chunk = await chunks();
      ended = chunk === null;
      ofThisChunk = 0;
      inflater.feed(chunk ?? NOTHING, ended ? constants.Z_FINISH : constants.Z_SYNC_FLUSH);
    }
  };
}

function giveBack(inflater: Inflater, kept: Inflater[]): void {
  if (kept.length >= MOST_KEPT) return inflater.close();
  inflater.reset();
  kept.push(inflater);
}

interface Inflater {
  /** Takes the next chunk, when there is no piece left of the one before. */
  feed(chunk: Uint8Array, flush: number): void;
  /** The next piece; `null` when there is none before the next chunk. @throws what the bytes are not */
  next(): Uint8Array | null;
  /** Begins another body, after one that was whole. */
  reset(): void;
  /** Frees zlib's memory now, not when the collector comes. */
  close(): void;
}

function openInflater(pieceBytes: number, create = createGunzip): Inflater {
  const gunzip = create({ chunkSize: constants.Z_MIN_CHUNK });
  const { _handle: handle, _writeState: left } = gunzip as typeof gunzip & Steps;
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let chunk = NOTHING;
  let at = 0;
  let flushing = 0;
  let more = false;
  let failure: Error | null = null;
  handle.onerror = (message, errno) => {
    const code = errno === constants.Z_BUF_ERROR ? "Z_BUF_ERROR" : "Z_DATA_ERROR";
    failure = Object.assign(new Error(message), { code });
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
        handle.writeSync(flushing, chunk, at, chunk.length - at, piece, 0, pieceBytes);
        if (failure !== null) throw failure;
        at = chunk.length - left[1]!;
        more = left[0] === 0;
        const length = pieceBytes - left[0]!;
        if (length > 0) return new Uint8Array(piece.buffer, 0, length);
      }
      return null;
    },
    reset() {
      chunk = NOTHING;
      handle.reset();
    },
    close: () => void gunzip.destroy(),
  };
}

/** The same where a runtime has no such steps. @see {@linkcode Inflate} */
export function inflatedByStream(chunks: Pieces): Pieces {
  const body = { [Symbol.asyncIterator]: () => ({ next: () => chunks().then(result) }) };
  const stream = pipeline(Readable.from(body), createGunzip({ chunkSize: PIECE_BYTES }), () => {});
  const pieces: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await pieces.next();
    return done ? null : new Uint8Array(value.buffer, value.byteOffset, value.length);
  };
}

function result(chunk: Uint8Array | null): IteratorResult<Uint8Array> {
  return chunk === null ? { done: true, value: undefined } : { done: false, value: chunk };
}
