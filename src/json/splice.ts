import { CARRIAGE_RETURN, CLOSE_BRACE, COMMA, LINE_FEED, NUL, SPACE } from "./ascii.ts";
import type { ByteBuilder } from "./builder.ts";
import { isSpace } from "./text.ts";

/**
 * Appends the record `bytes[start, end)` with `members` spliced in before its closing brace: already encoded JSON
 * members such as `"@devo_environment":"prod","@devo_pulling_id":"1"`, or nothing.
 *
 * White space in the record stays, but raw CR, LF and NUL bytes become spaces, because the result is part of a
 * line. Nothing else changes.
 *
 * @param oneLine True when it is known that there are no such bytes. @default false
 */
export function appendRecord(
  out: ByteBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  members: Uint8Array,
  oneLine = false,
): void {
  if (members.length === 0) return appendOneLine(out, bytes, start, end, oneLine);
  appendOneLine(out, bytes, start, end - 1, oneLine);
  if (!isEmptyObject(bytes, start, end)) out.appendByte(COMMA);
  out.append(members);
  out.appendByte(CLOSE_BRACE);
}

function isEmptyObject(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end - 2;
  while (at > start && isSpace(bytes[at])) at--;
  return at === start;
}

/** Appends `bytes[start, end)`, raw CR, LF and NUL bytes as spaces. @param oneLine As above. @default false */
export function appendOneLine(
  out: ByteBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  oneLine = false,
): void {
  for (let from = start; from < end;) {
    let to = oneLine ? end : from;
    while (to < end && !breaksLine(bytes[to] as number)) to++;
    out.appendSlice(bytes, from, to);
    if (to < end) out.appendByte(SPACE);
    from = to + 1;
  }
}

function breaksLine(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === NUL;
}
