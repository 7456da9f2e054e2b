import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE } from "./ascii.ts";
import { decodeString } from "./decode.ts";
import { skipSpace, stringEnd, valueEnd } from "./skip.ts";

/**
 * Calls `visit` for each member of the JSON object, or each element of the array, that begins at `start`.
 *
 * @param visit gets the member's key (`null` for an element) and where its value lies
 */
export function eachChild(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (key: string | null, start: number, end: number) => void,
): void {
  const keyed = bytes[start] === OPEN_BRACE;
  for (let at = skipSpace(bytes, start + 1, end); at < end;) {
    if (bytes[at] === CLOSE_BRACE || bytes[at] === CLOSE_BRACKET) return;
    const keyEnd = keyed ? stringEnd(bytes, at, end) : at;
    const key = keyed ? decodeString(bytes, at, keyEnd) : null;
    // Past the key and its colon.
    const value = keyed ? skipSpace(bytes, skipSpace(bytes, keyEnd, end) + 1, end) : at;
    const valueStop = valueEnd(bytes, value, end);
    visit(key, value, valueStop);
    at = skipSpace(bytes, valueStop, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
  }
}
