/*
 * AssemblyScript, built into hmacBytes.ts by `npm run wasm`: HMAC-SHA-256 of a short text, after FIPS 198-1, as the
 * characters of a pseudonym. Of a key the two states are kept that each HMAC under it begins with: a block less for each
 * of its hashes.
 *
 * node:crypto takes nearly ten times as long for one, nearly all of it to make the object that it wants.
 */

import { compress, finish, MESSAGE, start, STATE } from "../json/sha256Blocks.as";

// Places in the memory; pseudonym.ts knows both.
/** The inner state, and behind it the outer one. */
const KEY: u32 = 64_064;
/** What becomes of a text: 22 characters of base64url between quotes. */
const TOKEN: u32 = 64_128;

const BLOCK_BYTES: u32 = 64;
const STATE_BYTES: u32 = 32;
const DIGEST_BYTES: u32 = 32;
const CHARACTERS: u32 = memory.data<u8>([
  0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50,
  0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
  0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
  0x77, 0x78, 0x79, 0x7a, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2d, 0x5f,
]);

/** Makes KEY of the key at MESSAGE, which is filled up to a block with zeros, and wipes it. */
export function takeKey(): void {
  takePad(0x36, KEY);
  takePad(0x36 ^ 0x5c, KEY + STATE_BYTES);
  memory.fill(MESSAGE, 0, BLOCK_BYTES);
}

/** Turns each byte of the block at MESSAGE, and leaves the state behind it at `place`. */
function takePad(turn: u8, place: u32): void {
  for (let i: u32 = 0; i < BLOCK_BYTES; i++) store<u8>(MESSAGE + i, load<u8>(MESSAGE + i) ^ turn);
  start();
  compress(MESSAGE);
  memory.copy(place, STATE, STATE_BYTES);
}

/** Makes the token of memory[MESSAGE, MESSAGE + length) under KEY. */
export function makeToken(length: u32): void {
  memory.copy(STATE, KEY, STATE_BYTES);
  finish(length, BLOCK_BYTES);
  for (let i: u32 = 0; i < STATE_BYTES; i += 4) store<u32>(MESSAGE + i, bswap(load<u32>(STATE + i)));
  memory.copy(STATE, KEY + STATE_BYTES, STATE_BYTES);
  finish(DIGEST_BYTES, BLOCK_BYTES);
  writeToken();
}

/** The first 132 bits of the digest in STATE, six a character, from the highest of each word on. */
function writeToken(): void {
  for (let i: u32 = 0; i < 22; i++) {
    const bit = 6 * i;
    const place = STATE + (bit >> 5 << 2);
    const words = <u64>load<u32>(place) << 32 | <u64>load<u32>(place, 4);
    store<u8>(TOKEN + 1 + i, load<u8>(CHARACTERS + <u32>(words >> 58 - (bit & 31) & 63)));
  }
  store<u8>(TOKEN, 0x22);
  store<u8>(TOKEN + 23, 0x22);
}
