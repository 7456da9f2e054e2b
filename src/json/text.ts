import { BACKSLASH, CARRIAGE_RETURN, LINE_FEED, QUOTE, SPACE, TAB } from "./ascii.ts";

/** 1 for each byte that stands for itself inside a string: no quote, no backslash, no control character. */
const PLAIN = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/**
 * Where a run of ordinary string bytes ends: the index of the first byte in `bytes[from, to)` that is a quote,
 * a backslash or a control character, or `to`.
 *
 * Four bytes a turn, because most of a page is string text and this loop is most of the scanner's time.
 */
export function plainEnd(bytes: Uint8Array, from: number, to: number): number {
  // A local, because in the bundle the module's variable is no constant to the optimiser (a tenth of the speed).
  const plain = PLAIN;
  let i = from;
  for (const last = to - 4; i <= last; i += 4) {
    if (plain[bytes[i] as number] === 0) return i;
    if (plain[bytes[i + 1] as number] === 0) return i + 1;
    if (plain[bytes[i + 2] as number] === 0) return i + 2;
    if (plain[bytes[i + 3] as number] === 0) return i + 3;
  }
  while (i < to && plain[bytes[i] as number] === 1) i++;
  return i;
}

/** Whether a byte is white space between tokens. */
export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}
