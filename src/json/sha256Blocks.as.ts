/*
 * AssemblyScript: SHA-256 a block at a time, after FIPS 180-4. The names of the variables are those of its section 6.2.
 */

// Places in the memory.
/** The text, and behind it the padding. */
export const MESSAGE: u32 = 61_440;
export const MOST_MESSAGE_BYTES: u32 = 2048;
/** The 64 words that a block becomes. */
const SCHEDULE: u32 = 63_744;
/** The eight words of the hash so far. */
export const STATE: u32 = 64_000;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
export const K: u32 = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Begins a hash. */
export function start(): void {
  store<u32>(STATE, 0x6a09e667);
  store<u32>(STATE, 0xbb67ae85, 4);
  store<u32>(STATE, 0x3c6ef372, 8);
  store<u32>(STATE, 0xa54ff53a, 12);
  store<u32>(STATE, 0x510e527f, 16);
  store<u32>(STATE, 0x9b05688c, 20);
  store<u32>(STATE, 0x1f83d9ab, 24);
  store<u32>(STATE, 0x5be0cd19, 28);
}

/** Pads memory[MESSAGE, MESSAGE + length), which `before` bytes went before, and takes it into STATE. */
export function finish(length: u32, before: u32): void {
  const end = length + 9 + 63 & ~63;
  store<u8>(MESSAGE + length, 0x80);
  memory.fill(MESSAGE + length + 1, 0, end - length - 5);
  store<u32>(MESSAGE + end - 4, bswap(before + length << 3));
  for (let block: u32 = 0; block < end; block += 64) compress(MESSAGE + block);
}

/** Takes the block at `block` into STATE. */
export function compress(block: u32): void {
  prepare(block);
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let t: u32 = 0; t < 256; t += 4) {
    const sum1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const t1 = h + sum1 + (e & f ^ ~e & g) + load<u32>(K + t) + load<u32>(SCHEDULE + t);
    const sum0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const t2 = sum0 + (a & b ^ a & c ^ b & c);
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
  add(20, f);
  add(24, g);
  add(28, h);
}

// @ts-ignore: decorator
@inline
function add(place: u32, word: u32): void {
  store<u32>(STATE + place, load<u32>(STATE + place) + word);
}

/** Makes the schedule of the block at `block`. */
function prepare(block: u32): void {
  for (let t: u32 = 0; t < 64; t += 4) store<u32>(SCHEDULE + t, bswap(load<u32>(block + t)));
  for (let t: u32 = SCHEDULE + 64; t < SCHEDULE + 256; t += 4) {
    const w15 = load<u32>(t - 60);
    const w2 = load<u32>(t - 8);
    const sigma0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ w15 >>> 3;
    const sigma1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ w2 >>> 10;
    store<u32>(t, sigma1 + load<u32>(t - 28) + sigma0 + load<u32>(t - 64));
  }
}
