/*
 * AssemblyScript, part of framer.as.ts: assembles event lines from records that lie in the framer's memory. lineBuffer.ts
 * says what the parts are.
 */

// Places in the memory; lineBuffer.ts knows all but the first.
const NULL: u32 = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);
const TIME: u32 = 98_304;
const EVENT: u32 = 98_432;
const TAIL: u32 = 98_560;
const LINES: u32 = 131_072;
const LINES_END: u32 = 655_360;
/** Of what is copied sixteen bytes at a time. */
const OVERRUN: u32 = 16;

/** Up to where there are lines. */
export let linesEnd: u32 = LINES;

/** Lengths of the parts; of `time` -1 when lines have neither id nor time. */
let timeBytes: i32 = 0;
let eventBytes: u32 = 0;
let tailBytes: u32 = 0;

/** Begins without lines, which will have parts of these lengths. */
export function beginLines(time: i32, event: u32, tail: u32): void {
  clearLines();
  timeBytes = time;
  eventBytes = event;
  tailBytes = tail;
}

/** Forgets the lines. */
export function clearLines(): void {
  linesEnd = LINES;
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

function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

function unbreak(from: u32, to: u32): void {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte == 0x0a || byte == 0x0d) store<u8>(at, 0x20);
  }
}
