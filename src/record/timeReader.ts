import { type Instant, parseInstant } from "../instant.ts";
import { decodeString } from "../json/decode.ts";

/** Reads the time that is a JSON string at `bytes[start, end)`; `null` when it is none, or absent (-1, -1). */
export type TimeReader = (bytes: Uint8Array, start: number, end: number) => Instant | null;

const ZERO = 0x30;
/** Bytes of `"2026-11-22T16:00:0`: all records of ten seconds have them in common. */
const SHARED_BYTES = 19;

/**
 * A reader that remembers the last time it read. Records come in the order of their time, more or less, so that most
 * times differ from the one before in the second's last digit or the fraction: those are not parsed again.
 */
export function createTimeReader(): TimeReader {
  const last = new Uint8Array(SHARED_BYTES);
  /** Seconds since the epoch at the last digit being 0; NaN when nothing is remembered. */
  let tens = NaN;

  return (bytes, start, end) => {
    if (start < 0) return null;
    const nanos = utcFraction(bytes, start + SHARED_BYTES + 1, end);
    const digit = bytes[start + SHARED_BYTES]! - ZERO;
    // What does not have the usual form is not remembered either.
    if (nanos < 0 || digit < 0 || digit > 9) return parse(bytes, start, end);
    if (!Number.isNaN(tens) && equal(bytes, start, last)) return { seconds: tens + digit, nanos };
    const time = parse(bytes, start, end);
    tens = time === null ? NaN : time.seconds - digit;
    last.set(bytes.subarray(start, start + SHARED_BYTES));
    // A leap second is the only one that could share its tens with one that does not exist.
    if (last[SHARED_BYTES - 1] === ZERO + 6) tens = NaN;
    return time;
  };
}

function parse(bytes: Uint8Array, start: number, end: number): Instant | null {
  const text = decodeString(bytes, start, end);
  return text === null ? null : parseInstant(text);
}

function equal(bytes: Uint8Array, start: number, last: Uint8Array): boolean {
  for (let i = SHARED_BYTES - 1; i >= 0; i--) if (bytes[start + i] !== last[i]) return false;
  return true;
}

/** Nanoseconds of `.1234567Z"` or `Z"`; -1 when the bytes are anything else. */
function utcFraction(bytes: Uint8Array, from: number, end: number): number {
  const zone = end - 2;
  if (bytes[zone] !== 0x5a || bytes[end - 1] !== 0x22) return -1;
  if (zone === from) return 0;
  const digits = zone - from - 1;
  if (bytes[from] !== 0x2e || digits < 1 || digits > 9) return -1;
  let nanos = 0;
  for (let i = 1; i <= 9; i++) {
    const digit = i <= digits ? bytes[from + i]! - ZERO : 0;
    if (digit < 0 || digit > 9) return -1;
    nanos = nanos * 10 + digit;
  }
  return nanos;
}
