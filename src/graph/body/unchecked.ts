/**
 * Inflating without gzip's CRC, for a body that comes by TLS: TLS vouches for each byte on its way, and the CRC is a twentieth
 * of the CPU of a whole pull. The length is still compared, and deflate still tells what it cannot read.
 */
import { constants, createInflateRaw } from "node:zlib";
import { HEADER_BYTES, inflateFailure, type Inflater, openInflater } from "./inflater.ts";

/** The CRC, and behind it the length modulo 2³² (RFC 1952, section 2.3.1). */
const TRAILER_BYTES = 8;
const LENGTH_AT = 4;

/** What comes next in a body; `checked` is all that is left to {@linkcode openInflater}. */
type Part = "header" | "deflated" | "trailer" | "checked";

/**
 * Only a first member with a plain header is read so, which is what servers send. Another one, and whatever follows
 * the first, is checked.
 *
 * @see {@linkcode Inflater}
 */
export function openUnchecked(memory: Uint8Array): Inflater {
  const raw = openInflater(memory, createInflateRaw);
  const trailer = new Uint8Array(TRAILER_BYTES);
  let checked: Inflater | null = null;
  let part: Part = "header";
  let length = 0;
  let trailed = 0;

  function check(bytes: Uint8Array, flush: number): void {
    part = "checked";
    checked ??= openInflater(memory);
    checked.feed(bytes, flush);
  }

  function readTrailer(bytes: Uint8Array, flush: number): void {
    part = "trailer";
    const taken = bytes.subarray(0, TRAILER_BYTES - trailed);
    trailer.set(taken, trailed);
    trailed += taken.length;
    if (trailed < TRAILER_BYTES) {
      if (flush === constants.Z_FINISH) throw inflateFailure("unexpected end of file", "Z_BUF_ERROR");
      return;
    }
    if (new DataView(trailer.buffer).getUint32(LENGTH_AT, true) !== length % 2 ** 32) {
      throw inflateFailure("incorrect length check", "Z_DATA_ERROR");
    }
    const behind = bytes.subarray(taken.length);
    // Zeros behind a member are nothing, as zlib's streams have it.
    if (behind.length > 0 && behind[0] !== 0) check(behind, flush);
  }

  let flushing = 0;
  return {
    feed(chunk, flush) {
      flushing = flush;
      if (part === "header" && hasPlainHeader(chunk)) {
        part = "deflated";
        raw.feed(chunk.subarray(HEADER_BYTES), flush);
      } else if (part === "header") check(chunk, flush);
      else if (part === "deflated") raw.feed(chunk, flush);
      else if (part === "trailer") readTrailer(chunk, flush);
      else checked!.feed(chunk, flush);
    },
    next() {
      if (part === "deflated") {
        const piece = raw.next();
        if (piece !== null) {
          length += piece.length;
          return piece;
        }
        const rest = raw.rest();
        if (rest.length > 0 || flushing === constants.Z_FINISH) readTrailer(rest, flushing);
      }
      return part === "checked" ? checked!.next() : null;
    },
    reset() {
      raw.reset();
      checked?.reset();
      part = "header";
      length = trailed = 0;
    },
    close() {
      raw.close();
      checked?.close();
    },
  };
}

/** Whether it is deflated, as all gzip is, and no flag tells of more than ten bytes. */
function hasPlainHeader(chunk: Uint8Array): boolean {
  return chunk.length >= HEADER_BYTES && [0x1f, 0x8b, 8, 0].every((byte, at) => chunk[at] === byte);
}
