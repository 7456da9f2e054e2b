import { Buffer } from "node:buffer";
import { BACKSLASH } from "../json/ascii.ts";
import { createLastPlace } from "../json/find.ts";

/**
 * How far into the record `bytes[start, end)` a rule can reach: no value that it masks has its key behind the answer. -1
 * where it masks nothing.
 */
export type Reach = (bytes: Uint8Array, start: number, end: number) => number;

/** Any key can be written like this, letter by letter. */
const ESCAPED_ASCII = new TextEncoder().encode("\\u00");

/**
 * Finds the last key of each path by its bytes, without reading the record: most records lack most of what is masked,
 * or have it early.
 *
 * @param paths of rules, as the configuration has them
 */
export function createReach(paths: readonly (readonly string[])[]): Reach {
  const keys = paths.map((path) => path.findLast((key) => key !== "*"));
  // A path of stars masks every record, and other keys can be written in several ways without an escape as above.
  if (!keys.every((key): key is string => key !== undefined && isPlain(key))) return (_, __, end) => end;
  const escaped = createLastPlace(ESCAPED_ASCII);
  const places = [...new Set(keys)].map((key) => createLastPlace(new TextEncoder().encode(`"${key}"`)));
  return (bytes, start, end) => {
    if (hasBackslash(bytes, start, end) && escaped(bytes, start, end) >= 0) return end;
    let last = -1;
    for (const place of places) last = Math.max(last, place(bytes, Math.max(start, last + 1), end));
    return last;
  };
}

/** The runtime's own search for one byte is worth the view that it takes. */
function hasBackslash(bytes: Uint8Array, start: number, end: number): boolean {
  return Buffer.prototype.indexOf.call(bytes.subarray(start, end), BACKSLASH) >= 0;
}

/** Whether a key has one form only beside that with escapes of its letters: printable ASCII that JSON never escapes. */
function isPlain(key: string): boolean {
  return /^[ -~]*$/.test(key) && !/["\\/]/.test(key);
}
