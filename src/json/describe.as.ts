/*
 * AssemblyScript, part of framer.as.ts: says of each record that was cut what batch.ts asks: where fields are, what its
 * time is, and its key. What is not usual it marks, and batch.ts's users read that by themselves.
 */

import { ESCAPED, isSame, memberOf, valueEnd } from "./members.as";
import { digest } from "./sha256.as";
import { MESSAGE, MOST_MESSAGE_BYTES } from "./sha256Blocks.as";
import { digestShort, MOST_SHORT_BYTES, putShort, takeShort } from "./sha256Four.as";
import { nanos, readTime, seconds } from "./time.as";

// Places in the memory, which batch.ts knows too: behind each other one entry for each record.
/** Start and end; the start's highest bit is another matter. */
const RECORDS: u32 = 65_536;
/** Start and end of id, time and a third field, -1 where the record has none. */
const SLICES: u32 = 73_728;
const SECONDS: u32 = 131_072;
const NANOS: u32 = 139_264;
const KEYS: u32 = 143_360;
const MARKS: u32 = 163_840;
/** Three paths behind each other: for each step its length and its bytes, then a zero. */
const PATHS: u32 = 164_864;

/** Records whose keys are made at once, as many as are in the lanes. */
const IN_LANES: u32 = 171_584;
let inLanes: u32 = 0;

/** Describes records; the key is of the id, or where the record has both, of id and time when `withTime` says so. */
export function describe(count: u32, withTime: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(MARKS + i, <u8>!(findFields(i) && keepTime(i) && makeKey(i, withTime)));
  }
  if (inLanes > 0) makeKeys();
}

/** False when a key is spelled with an escape. */
function findFields(i: u32): bool {
  const record = load<u32>(RECORDS + (i << 3)) & 0x7fffffff;
  let path = PATHS;
  for (let slice = SLICES + i * 24, end = slice + 24; slice < end; slice += 8) {
    let value: u32 = load<u8>(path) == 0 ? 0 : record;
    for (; load<u8>(path) != 0; path += 1 + load<u8>(path)) {
      // What is asked below something that is missing or no object is missing.
      if (value > ESCAPED) value = load<u8>(value) == 0x7b ? memberOf(value, path + 1, load<u8>(path)) : 0;
    }
    path++;
    if (value == ESCAPED) return false;
    store<i32>(slice, value == 0 ? -1 : <i32>value);
    store<i32>(slice, value == 0 ? -1 : <i32>valueEnd(value), 4);
  }
  return true;
}

function keepTime(i: u32): bool {
  const start = load<i32>(SLICES + i * 24, 8);
  if (start >= 0 && !readTime(start, load<i32>(SLICES + i * 24, 12))) return false;
  store<f64>(SECONDS + (i << 3), start < 0 ? NaN : seconds);
  store<i32>(NANOS + (i << 2), nanos);
  return true;
}

/** The same as keyMaker.ts makes; false where the id tells nothing or is long. */
function makeKey(i: u32, withTime: bool): bool {
  const slices = SLICES + i * 24;
  const start = load<i32>(slices);
  const end = load<i32>(slices, 4);
  const timeStart = load<i32>(slices, 8);
  const timeEnd = load<i32>(slices, 12);
  if (start < 0 || !identifies(start, end)) return false;
  const isOne = !withTime || timeStart < 0;
  if (isOne && <u32>(end - start) <= MOST_SHORT_BYTES) {
    putShort(inLanes, start, end - start);
    store<u32>(IN_LANES + (inLanes++ << 2), i);
    if (inLanes == 4) makeKeys();
    return true;
  }
  if (<u32>(end - start) + <u32>(timeEnd - timeStart) + 16 > MOST_MESSAGE_BYTES) return false;
  const message = isOne ? append(MESSAGE, start, end) : appendPart(appendPart(MESSAGE, start, end), timeStart, timeEnd);
  digest(message - MESSAGE, KEYS + (i << 4));
  return true;
}

function makeKeys(): void {
  digestShort();
  for (let lane: u32 = 0; lane < inLanes; lane++) {
    takeShort(lane, KEYS + (load<u32>(IN_LANES + (lane << 2)) << 4));
  }
  inLanes = 0;
}

function appendPart(to: u32, start: u32, end: u32): u32 {
  const colon = appendNumber(to, end - start);
  store<u8>(colon, 0x3a);
  return append(colon + 1, start, end);
}

function appendNumber(to: u32, number: u32): u32 {
  const at = number < 10 ? to : appendNumber(to, number / 10);
  store<u8>(at, 0x30 + number % 10);
  return at + 1;
}

function append(to: u32, start: u32, end: u32): u32 {
  memory.copy(to, start, end - start);
  return to + end - start;
}

/** As in recordKey.ts. */
function identifies(start: u32, end: u32): bool {
  const first = load<u8>(start);
  if (first - 0x61 < 26) return false;
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x5c && first == 0x22) return true;
    if (byte >= 0x80 || byte - 0x31 < 9 || (byte | 0x20) - 0x61 < 26) return true;
  }
  return false;
}
