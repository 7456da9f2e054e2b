/*
 * AssemblyScript, part of framer.as.ts: assembles event lines from records that lie in the framer's memory. lineBuffer.ts
 * says what the parts are.
 */

import { isSame, isSpace } from "./members.as";

// Places in the memory; lineBuffer.ts and batch.ts know all but the first.
const NULL: u32 = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);
const TIME: u32 = 98_304;
const EVENT: u32 = 98_432;
const TAIL: u32 = 98_560;
const LINES: u32 = 196_608;
const LINES_END: u32 = 1_245_184;
/** Of records that were described, as in describe.as.ts. */
const RECORDS: u32 = 65_536;
const SLICES: u32 = 73_728;
/** Numbers of the records whose lines are wanted. */
const FRESH: u32 = 159_744;
/** Heads by the value that chooses them: its length, place and length of the head, the value itself. */
const CHOICES: u32 = 165_888;
const CHOICE_BYTES: u32 = 128;
const CHOICES_END: u32 = 169_984;
const MOST_VALUE_BYTES: u32 = 116;
/** Of what is copied sixteen bytes at a time. */
const OVERRUN: u32 = 16;

/** Up to where there are lines. */
export let linesEnd: u32 = LINES;

/** Lengths of the parts; of `time` -1 when lines have neither id nor time. */
let timeBytes: i32 = 0;
let eventBytes: u32 = 0;
let tailBytes: u32 = 0;
/** Up to where there are choices, and the one that was the last to be made. */
let choicesEnd: u32 = CHOICES;
let chosen: u32 = CHOICES;

/** Begins without lines, which will have parts of these lengths. */
export function beginLines(time: i32, event: u32, tail: u32): void {
  clearLines();
  choicesEnd = chosen = CHOICES;
  timeBytes = time;
  eventBytes = event;
  tailBytes = tail;
}

/** Forgets the lines. */
export function clearLines(): void {
  linesEnd = LINES;
}

/** From here on the value of the record's third field chooses that head. False when the value is too long for it. */
export function learnHead(record: u32, head: u32, headBytes: u32): bool {
  const start = load<i32>(SLICES + record * 24, 16);
  const length: u32 = load<i32>(SLICES + record * 24, 20) - start;
  if (length > MOST_VALUE_BYTES) return false;
  // Fields that choose have few values; where one has many, the older ones are asked for again.
  if (choicesEnd == CHOICES_END) choicesEnd = CHOICES;
  store<u32>(choicesEnd, length);
  store<u32>(choicesEnd, head, 4);
  store<u32>(choicesEnd, headBytes, 8);
  if (length > 0) memory.copy(choicesEnd + 12, start, length);
  choicesEnd += CHOICE_BYTES;
  return true;
}

/** Adds the lines of FRESH[from, to); up to which one: it has no head yet, or there is no room for it. */
export function addLines(from: u32, to: u32): u32 {
  for (let n = from; n < to; n++) {
    const record = load<u32>(FRESH + (n << 2));
    const slices = SLICES + record * 24;
    if (!choose(load<i32>(slices, 16), load<i32>(slices, 20))) return n;
    const start = load<u32>(RECORDS + (record << 3));
    const isAdded = addLine(
      load<u32>(chosen, 4),
      load<u32>(chosen, 8),
      load<i32>(slices),
      load<i32>(slices, 4),
      load<i32>(slices, 8),
      load<i32>(slices, 12),
      start & 0x7fffffff,
      load<u32>(RECORDS + (record << 3), 4),
      start >> 31 != 0,
    );
    if (!isAdded) return n;
  }
  return to;
}

function choose(start: i32, end: i32): bool {
  if (chosen < choicesEnd && isChoice(chosen, start, end)) return true;
  for (chosen = CHOICES; chosen < choicesEnd; chosen += CHOICE_BYTES) if (isChoice(chosen, start, end)) return true;
  return false;
}

function isChoice(choice: u32, start: i32, end: i32): bool {
  const length: u32 = end - start;
  return load<u32>(choice) == length && isSame(choice + 12, start, length);
}

/**
 * Adds the line of the record [start, end): head, its id, TIME, its time, EVENT, the record up to its brace, TAIL. The
 * slices of id and time begin at -1 where it has none. Line breaks become spaces when `breaks` says that there may be
 * some. False when there is no room for it.
 */
export function addLine(
  head: u32,
  headBytes: u32,
  idStart: i32,
  idEnd: i32,
  timeStart: i32,
  timeEnd: i32,
  start: u32,
  end: u32,
  breaks: bool,
): bool {
  const most = headBytes + (idEnd - idStart) + timeBytes + (timeEnd - timeStart) + eventBytes + (end - start) + tailBytes;
  if (most + 2 * 4 + OVERRUN > LINES_END - linesEnd) return false;
  let at = put(linesEnd, head, headBytes);
  if (timeBytes >= 0) {
    at = putValue(at, idStart, idEnd);
    at = put(at, TIME, timeBytes);
    at = putValue(at, timeStart, timeEnd);
    at = put(at, EVENT, eventBytes);
  }
  at = put(at, start, end - start - 1);
  if (!isEmptyObject(start, end)) store<u8>(at++, 0x2c);
  if (breaks) unbreak(linesEnd, at);
  linesEnd = put(at, TAIL, tailBytes);
  return true;
}

function putValue(at: u32, start: i32, end: i32): u32 {
  return start < 0 ? put(at, NULL, 4) : put(at, start, end - start);
}

/** Copies; what it writes behind that is overwritten, or belongs to nobody. */
function put(at: u32, from: u32, length: u32): u32 {
  if (length > 256) memory.copy(at, from, length);
  else for (let done: u32 = 0; done < length; done += 16) v128.store(at + done, v128.load(from + done));
  return at + length;
}

function isEmptyObject(start: u32, end: u32): bool {
  let at = end - 2;
  while (at > start && isSpace(load<u8>(at))) at--;
  return at == start;
}

function unbreak(from: u32, to: u32): void {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte == 0x0a || byte == 0x0d) store<u8>(at, 0x20);
  }
}
