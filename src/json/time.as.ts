/*
 * AssemblyScript, part of framer.as.ts: reads times in the form that Graph writes, as instant.ts does for all forms.
 */

/** What the last time that was read means. */
export let seconds: f64 = 0;
export let nanos: i32 = 0;

/** Two digits that are none. */
const NONE: u32 = 100;

/** Reads `"2026-11-22T16:00:05.1234567Z"`, the fraction left out or of 1 to 9 digits; false for anything else, leap seconds too. */
export function readTime(start: u32, end: u32): bool {
  const length = end - start;
  if (length < 22 || length > 32 || load<u8>(start) != 0x22 || load<u16>(end - 2) != 0x225a) return false;
  if (load<u8>(start, 5) != 0x2d || load<u8>(start, 8) != 0x2d || load<u8>(start, 11) != 0x54) return false;
  if (load<u8>(start, 14) != 0x3a || load<u8>(start, 17) != 0x3a) return false;
  const century = pairAt(start + 1);
  const ofCentury = pairAt(start + 3);
  const month = pairAt(start + 6);
  const day = pairAt(start + 9);
  const hour = pairAt(start + 12);
  const minute = pairAt(start + 15);
  const second = pairAt(start + 18);
  const year = century * 100 + ofCentury;
  if (century == NONE || ofCentury == NONE || year == 0 || month - 1 > 11) return false;
  if (day == 0 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return false;
  nanos = fractionAt(start + 20, end - 2);
  seconds = <f64>daysTo(year, month, day) * 86400 + <f64>(hour * 3600 + minute * 60 + second);
  return nanos >= 0;
}

function pairAt(at: u32): u32 {
  const tens: u32 = <u32>load<u8>(at) - 0x30;
  const ones: u32 = <u32>load<u8>(at, 1) - 0x30;
  return tens < 10 && ones < 10 ? tens * 10 + ones : NONE;
}

/** Nanoseconds of `.1234567`, or of nothing; -1 when it is neither. */
function fractionAt(from: u32, end: u32): i32 {
  if (from == end) return 0;
  if (load<u8>(from) != 0x2e || from + 1 == end) return -1;
  let fraction: i32 = 0;
  for (let i: u32 = 1; i <= 9; i++) {
    const digit: u32 = from + i < end ? <u32>load<u8>(from + i) - 0x30 : 0;
    if (digit > 9) return -1;
    fraction = fraction * 10 + <i32>digit;
  }
  return fraction;
}

function daysIn(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + (month + (month >> 3) & 1);
}

/** Days from 1970-01-01; a year begins with March, so that the leap day is its last. */
function daysTo(year: u32, month: u32, day: u32): i32 {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return <i32>(y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day) - 719469;
}
