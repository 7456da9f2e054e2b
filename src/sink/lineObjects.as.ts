/*
 * AssemblyScript, built into lineObjectsBytes.ts by `npm run wasm`: lines as a JSON array of objects, `{"line":"…"}` each.
 * lineObjects.ts says what of a line is kept.
 */

// Places in the memory; lineObjects.ts knows the lines' and the bodies'.
/** For each way in which 8 bytes hold signs to be escaped, 16 bytes: which byte comes next, or ESCAPE. */
const SPREAD: usize = 1024;
const ESCAPE: u8 = 0xff;
const OPEN: usize = memory.data<u8>([0x7b, 0x22, 0x6c, 0x69, 0x6e, 0x65, 0x22, 0x3a, 0x22, 0, 0, 0, 0, 0, 0, 0]);
const OPEN_BYTES: u32 = 9;
const HEX: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
]);

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const LINE_FEED: u8 = 0x0a;

/** How many lines the last array holds. */
export let count: u32 = 0;
/** Where the first line is that it does not hold. */
export let taken: u32 = 0;

/** Where the line or the sign that was written last ends. */
let read: u32 = 0;

/** Makes the tables. Called once. */
export function prepare(): void {
  for (let mask: u32 = 0; mask < 256; mask++) {
    let at = SPREAD + mask * 16;
    for (let byte: u32 = 0; byte < 8; byte++) {
      if (mask >> byte & 1) store<u8>(at++, ESCAPE);
      store<u8>(at++, <u8> byte);
    }
  }
}

/**
 * Writes the lines of [from, to) that have room in [out, end) as an array, `most` of them at most. Each ends with a line
 * feed. Up to 64 bytes behind `end` may be written over, and up to 16 behind `to` are read.
 *
 * @returns where the array ends
 */
export function encode(from: u32, to: u32, out: u32, end: u32, most: u32): u32 {
  count = 0;
  taken = from;
  let at = out + 1;
  while (taken < to && count < most) {
    const behind = putLine(taken, count == 0 ? out : at, end);
    if (behind == 0) break;
    at = behind;
    taken = read;
    count++;
  }
  store<u8>(out, 0x5b);
  store<u8>(at, 0x5d);
  return at + 1;
}

/** Writes a comma and the object of the line at `from`. 0 when there is no room for it and a bracket. */
function putLine(from: u32, out: u32, end: u32): u32 {
  store<u8>(out, 0x2c);
  v128.store(out + 1, v128.load(OPEN));
  let at = from;
  out += 1 + OPEN_BYTES;
  for (;;) {
    const bytes = v128.load(at);
    // As signed numbers, those above 0x7f are below a space, too.
    const unusual = i8x16.bitmask(i8x16.lt_s(bytes, i8x16.splat(0x20)));
    const escaped = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
    );
    const upper = out + 8 + i32.popcnt(escaped & 0xff);
    v128.store(out, spread(bytes, escaped & 0xff));
    v128.store(upper, spread(i8x16.shuffle(bytes, bytes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0), escaped >> 8));
    if (unusual == 0) {
      at += 16;
      out += 16 + i32.popcnt(escaped);
    } else {
      const usual = i32.ctz(unusual);
      at += usual;
      out += usual + i32.popcnt(escaped & (1 << usual) - 1);
      const byte = load<u8>(at);
      if (byte == LINE_FEED) break;
      out = byte < 0x20 ? putControl(byte, at, out) : putSequence(byte, at, out);
      at = read;
    }
    if (out > end) return 0;
  }
  store<u16>(out, 0x7d22);
  read = at + 1;
  return out + 3 > end ? 0 : out + 2;
}

/** The first eight of `bytes`, with a backslash before those that `mask` names. */
// @ts-ignore: decorator
@inline
function spread(bytes: v128, mask: i32): v128 {
  const order = v128.load(SPREAD + (mask << 4));
  const backslashes = v128.and(i8x16.eq(order, i8x16.splat(ESCAPE)), i8x16.splat(BACKSLASH));
  return v128.or(i8x16.swizzle(bytes, order), backslashes);
}

/** As JSON.stringify writes it. */
function putControl(byte: u32, at: u32, out: u32): u32 {
  read = at + 1;
  let letter: u8 = 0;
  if (byte == 0x08) letter = 0x62;
  else if (byte == 0x09) letter = 0x74;
  else if (byte == 0x0c) letter = 0x66;
  else if (byte == 0x0d) letter = 0x72;
  store<u8>(out, BACKSLASH);
  if (letter != 0) {
    store<u8>(out, letter, 1);
    return out + 2;
  }
  store<u32>(out, 0x30303075, 1);
  store<u8>(out, load<u8>(HEX + (byte >> 4)), 4);
  store<u8>(out, load<u8>(HEX + (byte & 15)), 5);
  return out + 6;
}

/**
 * A sign of several bytes; where they are no UTF-8, U+FFFD for as many of them as could have begun one (the Encoding
 * standard's way, which is that of TextDecoder).
 */
function putSequence(first: u32, at: u32, out: u32): u32 {
  const more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
  let least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  let largest: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (let i: u32 = 1; i <= <u32> more; i++) {
    const byte: u32 = load<u8>(at + i);
    if (byte < least || byte > largest) {
      read = at + i;
      return putReplacement(out);
    }
    least = 0x80;
    largest = 0xbf;
  }
  read = at + 1 + more;
  if (more == 0) return putReplacement(out);
  store<u32>(out, load<u32>(at));
  return out + 1 + more;
}

function putReplacement(out: u32): u32 {
  store<u32>(out, 0xbdbfef);
  return out + 3;
}
