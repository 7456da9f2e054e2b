import { BACKSLASH, COMMA, OPEN_BRACKET, QUOTE } from "./ascii.ts";
import { isSpace, plainEnd } from "./text.ts";
import { valueEnd } from "./skip.ts";

// Keeps a leading U+FEFF, which inside a string is text like any other. Invalid UTF-8 becomes U+FFFD.
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of the JSON string `bytes[start, end)`, quotes included; `null` when the slice is not a string. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start < 2 || bytes[start] !== QUOTE || bytes[end - 1] !== QUOTE) return null;
  const plain = plainEnd(bytes, start + 1, end);
  if (plain === end - 1) return UTF8.decode(bytes.subarray(start + 1, end - 1));
  if (bytes[plain] !== BACKSLASH) return null;
  try {
    return JSON.parse(UTF8.decode(bytes.subarray(start, end))) as string;
  } catch {
    return null;
  }
}

/**
 * The strings in the JSON array `bytes[start, end)`, in order; other elements are left out. A slice that is
 * itself a string counts as an array of one, and anything else as empty.
 */
export function decodeStrings(bytes: Uint8Array, start: number, end: number): string[] {
  if (bytes[start] !== OPEN_BRACKET) {
    const only = decodeString(bytes, start, end);
    return only === null ? [] : [only];
  }
  const texts: string[] = [];
  for (let at = start + 1; at < end - 1;) {
    if (isSpace(bytes[at]) || bytes[at] === COMMA) {
      at++;
      continue;
    }
    const last = valueEnd(bytes, at, end - 1);
    const text = decodeString(bytes, at, last);
    if (text !== null) texts.push(text);
    at = last;
  }
  return texts;
}
