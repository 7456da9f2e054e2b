/*
 * AssemblyScript, built into pathsBytes.ts by `npm run wasm`: finds what stands at given paths in a record that lies in the
 * memory of a framer. The framer has checked it, so it is valid JSON. paths.ts says what a path is, and fills the table.
 *
 * Paths are bits: all begin at the top, so those that still lead on are told by one word at each depth. The keys are
 * looked for as texts first, from the end, since most records lack them, or have them early.
 */

import { isSame, plainEnd, skipSpace, stringEnd, valueEnd } from "./members.as";

// Places in the memory, which paths.ts knows, too.
/** How many texts there are, then for each its place and length. The first is not one of a key, but of an escape. */
const TEXTS: u32 = 1_245_184;
/** For each depth: paths that lead on below any key, that have ended, that name no key from here on; where its keys are and how many. */
const LEVELS: u32 = 1_245_440;
const LEVEL_BYTES: u32 = 20;
const LAST_LEVEL: u32 = 16;
/** For each key: its place, its length, and the paths that lead on below it. */
const KEY_BYTES: u32 = 12;
/** What was found: start, end, and the paths that have ended there. */
const FOUND: u32 = 1_261_568;
const FOUND_BYTES: u32 = 12;
const MOST_FOUND: u32 = 4096;

const MOST_DEPTH: u32 = 200;
const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const BACKSLASH: u32 = 0x5c;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;
const LETTER_N: u32 = 0x6e;
const OPEN_BRACE: u32 = 0x7b;
const CLOSE_BRACE: u32 = 0x7d;

let count: u32 = 0;
/** No key that a path names stands behind this. */
let last: u32 = 0;
/** Nothing more is to be found, or it is not for us to find. */
let over: bool = false;
let failed: bool = false;

/** How much it found in the record [start, end); -1 where it cannot tell. */
export function find(start: u32, end: u32): i32 {
  count = 0;
  last = lastKey(start, end);
  if (last == 0) return 0;
  over = false;
  failed = false;
  walk(start, -1, 0);
  return failed ? -1 : count;
}

/** Where the last of the texts is in [start, end); 0 where there is none, and the end where they cannot tell. */
export function lastKey(start: u32, end: u32): u32 {
  const texts = load<u32>(TEXTS);
  if (texts == 0) return end;
  let found: u32 = 0;
  for (let i: u32 = 0; i < texts; i++) {
    const text = load<u32>(TEXTS + (i << 3), 4);
    const length = load<u32>(TEXTS + (i << 3), 8);
    const place = lastPlace(text, length, max(start, found + 1), end);
    if (place == 0) continue;
    if (i == 0) return end;
    found = place;
  }
  return found;
}

/** Where the text of two bytes or more stands last in [start, end), or 0. Reads the bytes around, which must exist. */
function lastPlace(text: u32, length: u32, start: u32, end: u32): u32 {
  const first = i8x16.splat(load<i8>(text));
  const second = i8x16.splat(load<i8>(text, 1));
  for (let to = end - length + 1; <i32>to > <i32>start; to -= 64) {
    const from = to - 64;
    const a = v128.and(i8x16.eq(v128.load(from), first), i8x16.eq(v128.load(from, 1), second));
    const b = v128.and(i8x16.eq(v128.load(from, 16), first), i8x16.eq(v128.load(from, 17), second));
    const c = v128.and(i8x16.eq(v128.load(from, 32), first), i8x16.eq(v128.load(from, 33), second));
    const d = v128.and(i8x16.eq(v128.load(from, 48), first), i8x16.eq(v128.load(from, 49), second));
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    let spots = <u64><u32>i8x16.bitmask(a) | <u64><u32>i8x16.bitmask(b) << 16 | <u64><u32>i8x16.bitmask(c) << 32 |
      <u64><u32>i8x16.bitmask(d) << 48;
    while (spots != 0) {
      const bit = 63 - clz(spots);
      const spot = from + <u32>bit;
      if (spot < start) return 0;
      if (isSame(spot, text, length)) return spot;
      spots ^= <u64>1 << bit;
    }
  }
  return 0;
}

/** Walks the value at `at`, which these paths lead to. Where it ends, unless it is over. */
function walk(at: u32, paths: u32, depth: u32): u32 {
  const first: u32 = load<u8>(at);
  if (first == OPEN_BRACE || first == OPEN_BRACKET) {
    if (depth < MOST_DEPTH) return walkInside(at, first == OPEN_BRACE, paths, depth);
    over = failed = true;
    return at;
  }
  const end = valueEnd(at);
  const ended = paths & load<u32>(level(depth), 4);
  if (ended != 0 && first != LETTER_N) add(at, end, ended);
  return end;
}

/** Walks each member or element of the object or array at `from`. */
function walkInside(from: u32, isObject: bool, paths: u32, depth: u32): u32 {
  const here = level(depth);
  const onAnyKey = paths & load<u32>(here);
  const goesOn = (paths & load<u32>(here, 8)) != 0;
  let at = skipSpace(from + 1);
  while (true) {
    const byte: u32 = load<u8>(at);
    if (byte == CLOSE_BRACE || byte == CLOSE_BRACKET) return at + 1;
    let below = onAnyKey;
    if (isObject) {
      const keyEnd = textEnd(at);
      below |= onKey(here, at + 1, keyEnd - 1) & paths;
      at = skipSpace(skipSpace(keyEnd) + 1);
    }
    at = below == 0 ? valueEnd(at) : walk(at, below, depth + 1);
    if (over) return at;
    if (!goesOn && at > last) {
      over = true;
      return at;
    }
    at = skipSpace(at);
    if (load<u8>(at) == COMMA) at = skipSpace(at + 1);
  }
}

/** The paths of that depth that name the key [start, end). */
function onKey(here: u32, start: u32, end: u32): u32 {
  const length = end - start;
  let key = load<u32>(here, 12);
  for (let left = load<u32>(here, 16); left > 0; left--, key += KEY_BYTES) {
    if (load<u32>(key, 4) == length && isSame(start, load<u32>(key), length)) return load<u32>(key, 8);
  }
  return 0;
}

function level(depth: u32): u32 {
  return LEVELS + min(depth, LAST_LEVEL) * LEVEL_BYTES;
}

function add(start: u32, end: u32, paths: u32): void {
  if (count == MOST_FOUND) {
    over = failed = true;
    return;
  }
  const place = FOUND + count++ * FOUND_BYTES;
  store<u32>(place, start);
  store<u32>(place, end, 4);
  store<u32>(place, paths, 8);
}

/** Where the key that begins at `at` ends. One that is spelled with an escape is not for us to read. */
function textEnd(at: u32): u32 {
  const end = plainEnd(at + 1);
  if (load<u8>(end) != BACKSLASH) return end + 1;
  over = failed = true;
  return stringEnd(at);
}
