import { Buffer } from "node:buffer";
import { constants, createGzip, gunzipSync, gzipSync } from "node:zlib";
import { stepsOf } from "../zlibSteps.ts";
import type { MakeBatch, Place } from "./batch.ts";

/**
 * How hard zlib tries. Event lines repeat each other so much that a low level already takes 93 % away; a higher one takes
 * more time than it saves on the way to a receiver nearby. Of lines in the shapes of real sign-ins (1.6 KB):
 *
 * | level | smaller | CPU of 100 MB |
 * |---|---|---|
 * | 1 | 12.8 times | 187 ms |
 * | 2 | 13.9 times | 174 ms |
 * | 3 | 13.6 times | 184 ms |
 * | 4 | 15.3 times | 343 ms |
 * | 5 | 16.5 times | 380 ms |
 * | 6, zlib's default | 17.7 times | 420 ms |
 */
export const GZIP_LEVEL = 2;

/** Compresses bytes whole. The result holds until another is made in its place. */
export type Compress = (bytes: Uint8Array, place: Place) => Uint8Array;

/** The same batches with compressed bodies: at once, for it takes a few milliseconds, and another thread costs more than it spares. */
export function compressed(makeBatch: MakeBatch, compress: Compress = chooseCompress()): MakeBatch {
  return (unsent, most, place) => {
    const batch = makeBatch(unsent, most, place);
    return { ...batch, body: compress(batch.body, place) };
  };
}

/** The same by what zlib documents, which takes all its memory anew each time, and a tenth more time with it. */
export const compressedAnew: Compress = (bytes) => gzipSync(bytes, { level: GZIP_LEVEL });

/** By steps where they do what we know of them. */
export function chooseCompress(create: typeof createGzip = createGzip): Compress {
  try {
    const compress = compressedBySteps(create);
    const texts = ["as a stream does", "and again, ".repeat(100)];
    const hold = texts.every((text) => gunzipSync(compress(Buffer.from(text), 0)).toString() === text);
    return hold ? compressedBySteps(create) : compressedAnew;
  } catch {
    return compressedAnew;
  }
}

const FIRST_BYTES = 64 * 1024;

function compressedBySteps(create: typeof createGzip): Compress {
  const { _handle: handle, _writeState: left } = stepsOf(
    create({ level: GZIP_LEVEL, chunkSize: constants.Z_MIN_CHUNK }),
  );
  const results = [Buffer.allocUnsafeSlow(FIRST_BYTES), Buffer.allocUnsafeSlow(FIRST_BYTES)];
  let failure: Error | null = null;
  handle.onerror = (message) => void (failure = new Error(message));
  return (bytes, place) => {
    handle.reset();
    let into = results[place]!;
    for (let from = 0, at = 0;;) {
      handle.writeSync(constants.Z_FINISH, bytes, from, bytes.length - from, into, at, into.length - at);
      if (failure !== null) throw failure;
      at = into.length - left[0]!;
      from = bytes.length - left[1]!;
      if (left[0]! > 0) return into.subarray(0, at);
      const larger = Buffer.allocUnsafeSlow(2 * into.length);
      into.copy(larger);
      results[place] = into = larger;
    }
  };
}
