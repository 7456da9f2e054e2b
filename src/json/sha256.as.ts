/*
 * AssemblyScript, part of framer.as.ts, and built into sha256Bytes.ts by `npm run wasm`: the keys of records.
 *
 * node:crypto takes four times as long for one, nearly all of it to get there and back.
 */

import { finish, MESSAGE, start, STATE } from "./sha256Blocks.as";

/** Writes the first 16 bytes of the SHA-256 of memory[MESSAGE, MESSAGE + length) to `to`. */
export function digest(length: u32, to: u32): void {
  start();
  finish(length, 0);
  for (let i: u32 = 0; i < 16; i += 4) store<u32>(to + i, bswap(load<u32>(STATE + i)));
}
