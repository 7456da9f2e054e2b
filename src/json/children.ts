import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE } from "./ascii.ts";
import { skipSpace, stringEnd, valueEnd } from "./skip.ts";

/**
 * Is called for a member of an object or an element of an array.
 *
 * @param keyStart where the member's key begins, quotes included; -1 for an element
 */
export type OnChild = (keyStart: number, keyEnd: number, start: number, end: number) => void;

/** Calls `visit` for each member of the JSON object, or each element of the array, that begins at `start`. */
export function eachChild(bytes: Uint8Array, start: number, end: number, visit: OnChild): void {
  const keyed = bytes[start] === OPEN_BRACE;
  for (let at = skipSpace(bytes, start + 1, end); at < end;) {
    if (bytes[at] === CLOSE_BRACE || bytes[at] === CLOSE_BRACKET) return;
    const keyEnd = keyed ? stringEnd(bytes, at, end) : -1;
    // Past the key and its colon.
    const value = keyed ? skipSpace(bytes, skipSpace(bytes, keyEnd, end) + 1, end) : at;
    const valueStop = valueEnd(bytes, value, end);
    visit(keyed ? at : -1, keyEnd, value, valueStop);
    at = skipSpace(bytes, valueStop, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
  }
}
