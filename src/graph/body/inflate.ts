import { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { aroundTheLoop } from "../../loop.ts";
import { type Inflater, inflaterHolds, NOTHING, type OpenInflater, openInflater } from "./inflater.ts";

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

/**
 * The cheapest way that this runtime has: by steps where they do what we know of them, else by a stream.
 *
 * A stream takes new memory for each piece, and another thread's time to fill it; V8 then collects all its garbage
 * every 64 MB. Together that costs more than the inflating itself.
 */
export function chooseInflate(open: OpenInflater = openInflater): Inflate {
  return inflaterHolds(open) ? createInflateBySteps(open) : inflatedByStream;
}

/**
 * Inflaters are used again, body after body: their memory anew for each would be most of what V8's collector has to do.
 *
 * @see {@linkcode Inflate}
 */
export function createInflateBySteps(open: OpenInflater = openInflater): Inflate {
  const kept: Inflater[] = [];
  return (chunks) => inflatedBySteps(chunks, kept.pop() ?? open(Buffer.allocUnsafeSlow(PIECE_BYTES)), kept);
}

/** @param kept is given the inflater when the body has come to its end */
function inflatedBySteps(chunks: Pieces, inflater: Inflater, kept: Inflater[]): Pieces {
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
