import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./ascii.ts";
import { isSpace, plainEnd } from "./text.ts";

/**
 * The index after the JSON value that begins at `at`. The value must be whole and valid, as in a record that the
 * scanner cut; at worst the answer is `end`.
 */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first === QUOTE) return stringEnd(bytes, at, end);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return closingEnd(bytes, at + 1, end);
  let i = at + 1;
  while (i < end && !endsScalar(bytes[i] as number)) i++;
  return i;
}

/** The index after the string whose opening quote is at `at`. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at + 1;
  while ((i = plainEnd(bytes, i, end)) < end) {
    if (bytes[i] === QUOTE) return i + 1;
    i += bytes[i] === BACKSLASH ? 2 : 1;
  }
  return end;
}

/** The index after the bracket that closes the object or array whose content `at` is in. */
export function closingEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 1;
  for (let i = at; i < end;) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      i = stringEnd(bytes, i, end);
      continue;
    }
    i++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return i;
  }
  return end;
}

/** The index of the first byte at or after `at` that is not white space. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isSpace(bytes[i])) i++;
  return i;
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}
