/*
 * AssemblyScript, part of framer.as.ts: SHA-256 of four short texts at once, one in each lane of a vector, for a third of
 * what they cost one after the other. The names of the variables are those of FIPS 180-4, section 6.2.
 */

import { K } from "./sha256Blocks.as";

// Places in the memory.
/** Four blocks, one behind the other. */
const BLOCKS: u32 = 170_240;
/** The 64 words that they become, four by four. */
const SCHEDULE: u32 = 170_496;
/** The first four words of each hash, as they lie in the vectors. */
const DIGESTS: u32 = 171_520;

const BLOCK_BYTES: u32 = 64;
/** Sixteen bytes of ones, and as many zeros. */
const FIRST_BYTES: u32 = memory.data<u64>([~0, ~0, 0, 0]);
/** A text that becomes one block. */
export const MOST_SHORT_BYTES: u32 = 55;

/** Puts a text of {@linkcode MOST_SHORT_BYTES} at most into a lane, and pads it. */
export function putShort(lane: u32, from: u32, length: u32): void {
  const block = BLOCKS + lane * BLOCK_BYTES;
  // Sixteen bytes at a time, for a call of the runtime's copy costs as much as all of it.
  for (let at: u32 = 0; at < BLOCK_BYTES; at += 16) {
    const left = at < length ? min<u32>(16, length - at) : 0;
    v128.store(block + at, v128.and(v128.load(from + at), v128.load(FIRST_BYTES + 16 - left)));
  }
  store<u8>(block + length, 0x80);
  store<u32>(block, bswap(length << 3), 60);
}

/** Hashes what was put into the lanes. */
export function digestShort(): void {
  prepare();
  let a = i32x4.splat(0x6a09e667);
  let b = i32x4.splat(0xbb67ae85);
  let c = i32x4.splat(0x3c6ef372);
  let d = i32x4.splat(0xa54ff53a);
  let e = i32x4.splat(0x510e527f);
  let f = i32x4.splat(0x9b05688c);
  let g = i32x4.splat(0x1f83d9ab);
  let h = i32x4.splat(0x5be0cd19);
  for (let t: u32 = 0; t < 256; t += 4) {
    const sum1 = v128.xor(v128.xor(rotated(e, 6), rotated(e, 11)), rotated(e, 25));
    const word = i32x4.add(v128.load32_splat(K + t), v128.load(SCHEDULE + (t << 2)));
    const t1 = i32x4.add(i32x4.add(h, sum1), i32x4.add(v128.bitselect(f, g, e), word));
    const sum0 = v128.xor(v128.xor(rotated(a, 2), rotated(a, 13)), rotated(a, 22));
    const t2 = i32x4.add(sum0, v128.bitselect(c, a, v128.xor(a, b)));
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, t1);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(t1, t2);
  }
  v128.store(DIGESTS, i32x4.add(a, i32x4.splat(0x6a09e667)));
  v128.store(DIGESTS, i32x4.add(b, i32x4.splat(0xbb67ae85)), 16);
  v128.store(DIGESTS, i32x4.add(c, i32x4.splat(0x3c6ef372)), 32);
  v128.store(DIGESTS, i32x4.add(d, i32x4.splat(0xa54ff53a)), 48);
}

/** Writes the first 16 bytes of a lane's hash to `to`. */
export function takeShort(lane: u32, to: u32): void {
  for (let i: u32 = 0; i < 4; i++) store<u32>(to + (i << 2), bswap(load<u32>(DIGESTS + (i << 4) + (lane << 2))));
}

/** Makes the schedule of the four blocks. */
function prepare(): void {
  for (let t: u32 = 0; t < BLOCK_BYTES; t += 4) {
    const to = SCHEDULE + (t << 2);
    for (let lane: u32 = 0; lane < 4; lane++) {
      store<u32>(to + (lane << 2), bswap(load<u32>(BLOCKS + lane * BLOCK_BYTES + t)));
    }
  }
  for (let t: u32 = SCHEDULE + 256; t < SCHEDULE + 1024; t += 16) {
    const w15 = v128.load(t - 240);
    const w2 = v128.load(t - 32);
    const sigma0 = v128.xor(v128.xor(rotated(w15, 7), rotated(w15, 18)), i32x4.shr_u(w15, 3));
    const sigma1 = v128.xor(v128.xor(rotated(w2, 17), rotated(w2, 19)), i32x4.shr_u(w2, 10));
    v128.store(
      t,
      i32x4.add(i32x4.add(sigma1, v128.load(t - 112)), i32x4.add(sigma0, v128.load(t - 256))),
    );
  }
}

// @ts-ignore: decorator
@inline
function rotated(words: v128, by: i32): v128 {
  return v128.or(i32x4.shr_u(words, by), i32x4.shl(words, 32 - by));
}
