/*
 * AssemblyScript, part of framer.as.ts: finds members of objects that were cut, which are valid JSON therefore. The same
 * as skip.ts and fields.ts do, but for keys that are spelled with an escape: those it leaves to them.
 */

import { equal, isBracket } from "./blocks.as";

/** Instead of a place: a key with an escape came first. */
export const ESCAPED: u32 = 1;

/** Where the value of the first member of that name begins; 0 where the object at `object` has none, or {@linkcode ESCAPED}. */
export function memberOf(object: u32, name: u32, length: u32): u32 {
  let at = skipSpace(object + 1);
  while (load<u8>(at) == 0x22) {
    const key = at + 1;
    const keyEnd = plainEnd(key);
    if (load<u8>(keyEnd) == 0x5c) return ESCAPED;
    const value = skipSpace(skipSpace(keyEnd + 1) + 1);
    if (keyEnd - key == length && isSame(key, name, length)) return value;
    at = skipSpace(valueEnd(value));
    if (load<u8>(at) == 0x2c) at = skipSpace(at + 1);
  }
  return 0;
}

/** Where the value that begins at `at` ends. */
export function valueEnd(at: u32): u32 {
  const first = load<u8>(at);
  if (first == 0x22) return stringEnd(at);
  if (first == 0x7b || first == 0x5b) return closingEnd(at);
  let end = at + 1;
  while (!endsScalar(load<u8>(end))) end++;
  return end;
}

export function isSame(a: u32, b: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

export function stringEnd(at: u32): u32 {
  let end = plainEnd(at + 1);
  while (load<u8>(end) == 0x5c) end = plainEnd(end + 2);
  return end + 1;
}

/** Where the next quote or backslash is: text that was cut has no control characters. */
export function plainEnd(from: u32): u32 {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(v128.or(equal(bytes, 0x22), equal(bytes, 0x5c)));
    if (found != 0) return at + <u32>ctz(found);
    at += 16;
  }
}

/** Where the object or array that begins at `from` ends. */
function closingEnd(from: u32): u32 {
  let depth = 0;
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    let found = i8x16.bitmask(v128.or(equal(bytes, 0x22), isBracket(bytes)));
    let next = at + 16;
    for (; found != 0; found &= found - 1) {
      const spot = at + <u32>ctz(found);
      const byte = load<u8>(spot);
      if (byte == 0x22) {
        next = stringEnd(spot);
        break;
      }
      if (byte == 0x7b || byte == 0x5b) depth++;
      else if (byte == 0x7d || byte == 0x5d) depth--;
      if (depth == 0) return spot + 1;
    }
    at = next;
  }
}

export function skipSpace(from: u32): u32 {
  let at = from;
  while (isSpace(load<u8>(at))) at++;
  return at;
}

export function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

function endsScalar(byte: u32): bool {
  return byte == 0x2c || byte == 0x7d || byte == 0x5d || isSpace(byte);
}
