/** The bytes of a pickle, bounded. */
import { Buffer } from "node:buffer";

/** Why a pickle was not read: what stands where. */
export class PickleError extends Error {
  constructor(what: string, at: number) {
    super(`${what} at byte ${at}`);
    this.name = "PickleError";
  }
}

/** The bytes of a pickle, taken one after the other. */
export interface PickleSource {
  /** @throws PickleError when so many are not left */
  take(count: number): Buffer;
  /** The text up to a line break, which is taken too: each byte a character. */
  line(): string;
  /** A length in eight bytes, as a number. */
  length8(): number;
  /** @throws PickleError, always */
  fail(what: string): never;
}

/** More than any position needs; a pickle can grow without end only by being large. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** @throws PickleError when there are too many bytes */
export function createPickleSource(bytes: Uint8Array): PickleSource {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.length > LARGEST_BYTES) throw new PickleError(`${source.length} bytes, too large`, 0);
  let at = 0;

  function fail(what: string): never {
    throw new PickleError(what, at);
  }
  function take(count: number): Buffer {
    if (count < 0 || at + count > source.length) fail("the end of the file");
    at += count;
    return source.subarray(at - count, at);
  }
  return {
    take,
    line() {
      const end = source.indexOf(10, at);
      if (end < 0) fail("the end of the file");
      const text = source.toString("latin1", at, end);
      at = end + 1;
      return text;
    },
    length8: () => Number(take(8).readBigUInt64LE()),
    fail,
  };
}
