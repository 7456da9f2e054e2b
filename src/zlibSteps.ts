/** What zlib's streams are made of. */
import type { Gunzip, Gzip, InflateRaw } from "node:zlib";

/**
 * In Node since version 8 and in Deno too, and documented in neither, so whoever uses it tries it first: a step takes at once
 * what of `from` fits into `into`, and leaves in `_writeState` how much room and how much input is left.
 */
export interface ZlibSteps {
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

/** The steps of a stream that is used for nothing else. */
export function stepsOf(stream: Gzip | Gunzip | InflateRaw): ZlibSteps {
  return stream as typeof stream & ZlibSteps;
}
