/*
 * AssemblyScript, built into framerBytes.ts by `npm run wasm`: cuts the elements of a page's "value" array apart.
 *
 * It checks the same grammar as lexer.ts, sixteen bytes at a time. Each block of 64 bytes becomes bit masks: where quotes are,
 * what is inside a string, where a token begins. Then only the tokens are visited. The idea is simdjson's
 * (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019); escapes, which are rare, take the slow way.
 * A string counts where it ends. Where each stands directly between two signs, as in all that Graph sends, strings are
 * no tokens at all: the sign behind one stands for both.
 *
 * It never says what is wrong. Where it meets a fault, or nesting beyond its stack, it gives up, and the lexer reads that
 * record again from its beginning.
 */

import { below, breaksLine, equal, escapable, isHex, isSign, isUsualLiteral, isUsualNumber, mask, unusual } from "./blocks.as";
export { addLine, addLines, beginLines, clearLines, learnHead, linesEnd } from "./lineBuffer.as";
export { describe } from "./describe.as";

// Where things lie in the memory; behind it the lines of lineBuffer.as.ts, what paths.as.ts needs, a masked record, then the
// bytes. framer.ts knows these places too, and puts the tables there, which were made of the lexer's grammar.
/** Sixteen bytes for each byte that a token begins with: what it leads to, by the state between tokens. */
const NEXT: usize = 1024;
/** So far behind it is the same for a token with a string before it. */
const AFTER_TEXT: u32 = 4096;
/** 256 bytes for each state inside a number, true, false or null. */
const SCALAR: usize = 9216;
/** One byte for each open bracket of a record: the state after it closes. */
const STACK: usize = 16384;
const STACK_BYTES: u32 = 45056;
/** Start and end of each record cut; the start's highest bit says that line breaks may lie between its tokens. */
const RECORDS: usize = 65536;
const MOST_RECORDS: u32 = 1024;

// States between tokens, in the order of the bytes in NEXT, as far as they are named here.
const FIRST_RECORD: u32 = 0;
const AFTER_RECORD: u32 = 2;
const FIRST_KEY: u32 = 3;
const MEMBER: u32 = 6; // before a member's value
const AFTER_MEMBER: u32 = 7;
const FIRST_ELEMENT: u32 = 8;
const AFTER_ELEMENT: u32 = 10;
// What else NEXT holds: what is to be done.
const OPEN_OBJECT: u32 = 16;
const OPEN_ARRAY: u32 = 17;
const CLOSE: u32 = 18;
const READ_SCALAR: u32 = 19;
const END_OF_RECORDS: u32 = 20;
// What SCALAR holds besides states.
const END: u32 = 254;
const BAD: u32 = 255;

// What cut() returns.
const USED_UP: i32 = 0;
const FULL: i32 = 1;
const CLOSED: i32 = 2;
const GIVEN_UP: i32 = 3;

/**
 * Vectors that each block needs: a quote in each byte, and so on. V8 makes a constant anew wherever it is used, of three
 * or four instructions; what was loaded stays.
 */
const VECTORS: usize = memory.data<u64>([
  0x2222222222222222, 0x2222222222222222,
  0x2020202020202020, 0x2020202020202020,
  0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c,
  0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f,
  0, 0x0000259425460000, // what isSign adds
]);

/** Every second bit, from the first. */
const EVEN: u64 = 0x5555555555555555;

/** Where the grammar stands. */
export let state: u32 = FIRST_RECORD;
/** Where the open record begins; 0 when none is open. */
export let open: u32 = 0;
/** Up to where the last cut() came. */
export let reached: u32 = 0;
/** How many records it cut. */
export let count: u32 = 0;

let depth: u32 = 0;
/** All ones inside a string. */
let inText: u64 = 0;
/** 1 when the next byte is escaped. */
let escaping: u64 = 0;
/** 1 when the byte before was part of a number or a literal. */
let inScalar: u64 = 0;
/** 1 when the byte before was a sign. */
let afterSign: u64 = 0;
/** 1 when the byte before ended a string that has not been counted yet. */
let afterText: u64 = 0;
/** State of the number or literal that the bytes ended in; 0 when in none. */
let scalar: u32 = 0;
/** Hexadecimal digits that the bytes still owe. */
let digits: u32 = 0;
/** Highest bit: whether a line break was met since the block in which the open record began. */
let broken: u32 = 0;

/** Forgets all, for a new page. */
export function reset(): void {
  state = FIRST_RECORD;
  open = 0;
  depth = 0;
  scalar = 0;
  broken = 0;
  leaveBlock();
}

/** Reads memory[from, to); 64 bytes behind it must exist, whatever they hold. */
export function cut(from: u32, to: u32): i32 {
  count = 0;
  let at = from;
  if (scalar != 0) {
    at = readScalar(scalar, at, to);
    if (at == 0) return GIVEN_UP;
  }
  const quote = v128.load(VECTORS);
  const space = v128.load(VECTORS, 16);
  const backslash = v128.load(VECTORS, 32);
  const half = v128.load(VECTORS, 48);
  const sums = v128.load(VECTORS, 64);
  let current = state;
  while (at < to) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const length = to - at;
    /** Bits of what lies behind the bytes. */
    let beyond: u64 = 0;
    if (length < 64) beyond = ~(<u64>0) << length;

    let quotes = mask(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote)) & ~beyond;
    // Backslashes and control characters are rare: whether there are any is asked at once.
    let escaped: u64 = 0;
    let control: u64 = 0;
    let otherBlank: u64 = 0;
    let breaks: u32 = 0;
    const isOdd = v128.any_true(unusual(a, b, c, d, space, backslash)) || (escaping | <u64>digits) != 0;
    if (isOdd) {
      const valid = ~beyond;
      escaped = escaping;
      control = mask(below(a, 0x20), below(b, 0x20), below(c, 0x20), below(d, 0x20)) & valid;
      const lines = mask(breaksLine(a), breaksLine(b), breaksLine(c), breaksLine(d)) & valid;
      otherBlank = mask(equal(a, 0x09), equal(b, 0x09), equal(c, 0x09), equal(d, 0x09)) | lines;
      breaks = <u32>(lines != 0) << 31;
      const slashes = mask(equal(a, 0x5c), equal(b, 0x5c), equal(c, 0x5c), equal(d, 0x5c)) & valid & ~escaped;
      // Where a run of them begins at an odd place, adding that bit to the run turns all bits of it.
      const behind = slashes << 1 | escaped;
      const runs = (slashes & ~EVEN & ~behind) + slashes;
      escaped = (EVEN ^ runs << 1) & behind;
      escaping = length < 64 ? escaped >> length & 1 : <u64>(runs < slashes);
      escaped &= valid;
      quotes &= ~escaped;
      broken |= breaks;
    }

    let text = quotes;
    text ^= text << 1;
    text ^= text << 2;
    text ^= text << 4;
    text ^= text << 8;
    text ^= text << 16;
    text ^= text << 32;
    text ^= inText;
    inText = <u64>(<i64>text >> 63);

    if (isOdd) {
      if (control & text) return GIVEN_UP;
      escaped &= text;
      if ((escaped & ~mask(escapable(a), escapable(b), escapable(c), escapable(d))) != 0) return GIVEN_UP;
      escaped &= mask(equal(a, 0x75), equal(b, 0x75), equal(c, 0x75), equal(d, 0x75));
      if ((escaped | <u64>digits) != 0 && !digitsHold(at, length, escaped)) return GIVEN_UP;
    }

    const signs = mask(isSign(a, half, sums), isSign(b, half, sums), isSign(c, half, sums), isSign(d, half, sums)) &
      ~(quotes | text | beyond);
    let scalars = ~(signs | text | quotes | beyond);
    let blanks: u64 = 0;
    if (scalars != 0) {
      const spaces = mask(i8x16.eq(a, space), i8x16.eq(b, space), i8x16.eq(c, space), i8x16.eq(d, space));
      blanks = scalars & (spaces | otherBlank);
      scalars ^= blanks;
    }
    const begun = scalars & ~(scalars << 1 | inScalar);
    const ends = quotes & ~text;
    // A sign before each string, number and literal, and no blank behind a string, so that one is there: signs tell all.
    let texts = ends << 1 | afterText;
    const odds = (begun | quotes & text) & ~(signs << 1 | afterSign) | texts & blanks;
    let tokens = signs | begun;
    if (odds == 0) afterText = ends >> 63;
    else {
      if (afterText != 0) {
        current = load<u8>((0x22 << 4) + current, NEXT);
        if (current >= OPEN_OBJECT) return GIVEN_UP;
      }
      tokens |= ends;
      texts = 0;
      afterText = 0;
    }
    afterSign = signs >> 63;
    inScalar = scalars >> 63;
    if (length < 64) {
      const last = length - 1;
      if (odds == 0) afterText = ends >> last & 1;
      afterSign = signs >> last & 1;
      inScalar = scalars >> last & 1;
    }

    while (tokens != 0) {
      const bit = <u32>ctz(tokens);
      const spot = at + bit;
      tokens &= tokens - 1;
      // What does not hang on the state before, which is what takes the time.
      const entry = <u32>(texts >> bit & 1) * AFTER_TEXT | <u32>load<u8>(spot) << 4;
      const next: u32 = load<u8>(entry + current, NEXT);
      if (next < OPEN_OBJECT) {
        current = next;
        continue;
      }
      if (next == READ_SCALAR) {
        current = current == MEMBER ? AFTER_MEMBER : AFTER_ELEMENT;
        if (isUsualLiteral(spot, to) || isUsualNumber(spot, to)) continue;
        if (readScalar(0, spot, to) == 0) return GIVEN_UP;
        // It reaches to the end of the bytes, and may go on in the next.
        if (scalar != 0) return pause(current, to, USED_UP);
      } else if (next <= OPEN_ARRAY) {
        if (depth == STACK_BYTES) return GIVEN_UP;
        if (depth == 0) open = spot;
        store<u8>(STACK + depth, <u8>(current == MEMBER ? AFTER_MEMBER : depth == 0 ? AFTER_RECORD : AFTER_ELEMENT));
        depth++;
        current = next == OPEN_OBJECT ? FIRST_KEY : FIRST_ELEMENT;
      } else if (next == CLOSE) {
        depth--;
        current = load<u8>(STACK + depth);
        if (depth == 0) {
          store<u32>(RECORDS + (count << 3), open | broken);
          store<u32>(RECORDS + (count << 3), spot + 1, 4);
          open = 0;
          broken = breaks;
          count++;
          if (count == MOST_RECORDS) return pause(current, spot + 1, FULL);
        }
      } else if (next == END_OF_RECORDS) {
        reached = spot;
        return CLOSED;
      } else return GIVEN_UP;
    }
    at += 64;
  }
  state = current;
  reached = to;
  // A string is counted where it ends; one that began between two records is wrong already.
  return depth == 0 && (inText | afterText) != 0 ? GIVEN_UP : USED_UP;
}

/** Whether each "u" of an escape has its four digits. */
function digitsHold(at: u32, length: u32, escaped: u64): bool {
  const end = length < 64 ? at + length : at + 64;
  let spot = at;
  let left = escaped;
  while (true) {
    // The digits that are owed lie before the next escape.
    for (; digits > 0 && spot < end; digits--, spot++) {
      if (!isHex(load<u8>(spot))) return false;
    }
    if (left == 0) return true;
    spot = at + <u32>ctz(left) + 1;
    left &= left - 1;
    digits = 4;
  }
}

/** Reads on in a number or literal; where it ends, or 0 when it is none. Sets `scalar` when the bytes ended before it. */
function readScalar(from: u32, start: u32, to: u32): u32 {
  let current = from;
  let at = start;
  for (; at < to; at++) {
    const next: u32 = load<u8>(SCALAR + (current << 8 | <u32>load<u8>(at)));
    if (next == END) {
      scalar = 0;
      return at;
    }
    if (next == BAD) return 0;
    current = next;
  }
  scalar = current;
  return at;
}

/** Stops in the middle of a block, outside of any string. */
function pause(current: u32, at: u32, why: i32): i32 {
  state = current;
  leaveBlock();
  reached = at;
  return why;
}

/** Forgets what the bytes before the next block mean to it. */
function leaveBlock(): void {
  inText = 0;
  escaping = 0;
  inScalar = 0;
  afterSign = 0;
  afterText = 0;
  digits = 0;
}
