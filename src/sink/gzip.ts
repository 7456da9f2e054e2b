import { gzipSync } from "node:zlib";
import type { MakeBatch } from "./batch.ts";

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

/** The same batches with compressed bodies: at once, for it takes a few milliseconds, and another thread costs more than it spares. */
export function compressed(makeBatch: MakeBatch): MakeBatch {
  return (unsent, most, place) => {
    const batch = makeBatch(unsent, most, place);
    return { ...batch, body: gzipSync(batch.body, { level: GZIP_LEVEL }) };
  };
}
