import { BACKSLASH, QUOTE } from "../json/ascii.ts";
import { createFieldReader } from "../json/fields.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { type KeyMaker, recordKey } from "./keyMaker.ts";

/** The key of a record, whose id and time are given as slices of its raw JSON. It holds until the next is asked for. */
export type KeyFunction = (bytes: Uint8Array, start: number, end: number, fields: Int32Array) => Uint8Array;

/** What the key of a record is of, where its id tells something. */
export type KeyKind = "id" | "id-and-time" | "content";

export function keyKind({ cursor: { kind } }: Plugin, trackUpdates: boolean): KeyKind {
  if (!trackUpdates || kind === "event-time" || kind === "job") return "id";
  return kind === "snapshot" || kind === "query" ? "content" : "id-and-time";
}

/**
 * What makes a record the same record: its id; with the time of its last change where records change; with its
 * whole content where nothing else tells. A record without an id, or with one that identifies nothing, is known by its
 * content.
 *
 * @param trackUpdates false when the first version of a record is all that is wanted
 */
export function keyFunction(plugin: Plugin, trackUpdates: boolean, make: KeyMaker): KeyFunction {
  const contentOf = contentFunction(plugin.cursor, make);
  const kind = keyKind(plugin, trackUpdates);
  return (bytes, start, end, fields) => {
    // By index: taking an array apart costs more than all the rest here.
    const idStart = fields[0]!;
    if (idStart < 0) return make(bytes, start, end);
    const idEnd = fields[1]!;
    if (!identifies(bytes, idStart, idEnd)) return make(bytes, start, end);
    if (kind === "content") return contentOf(bytes, start, end, fields);
    const timeStart = fields[2]!;
    if (kind === "id" || timeStart < 0) return make(bytes, idStart, idEnd);
    return recordKey(bytes.subarray(idStart, idEnd), bytes.subarray(timeStart, fields[3]));
  };
}

/** The key of a record's content, without the values of those properties that the plugin says to ignore. */
function contentFunction(cursor: Plugin["cursor"], make: KeyMaker): KeyFunction {
  if (cursor.kind !== "snapshot" || cursor.ignore === undefined) return make;
  const reader = createFieldReader(cursor.ignore);
  return (bytes, start, end) => {
    const slices = reader.read(bytes, start, end);
    const ignored = cursor.ignore!.map((_, index) => [slices[index * 2]!, slices[index * 2 + 1]!] as const)
      .filter(([from]) => from >= 0)
      .sort(([a], [b]) => a - b);
    const parts: Uint8Array[] = [];
    let at = start;
    for (const [from, to] of ignored) {
      parts.push(bytes.subarray(at, from));
      at = to;
    }
    return recordKey(...parts, bytes.subarray(at, end));
  };
}

/**
 * The key of what stays the same when a record changes: its id, or its content where the id tells nothing.
 */
export function identityFunction(make: KeyMaker): KeyFunction {
  return (bytes, start, end, fields) => {
    const idStart = fields[0]!;
    const idEnd = fields[1]!;
    const hasId = idStart >= 0 && identifies(bytes, idStart, idEnd);
    return hasId ? make(bytes, idStart, idEnd) : make(bytes, start, end);
  };
}

/** Beyond this many bytes an id is no name. */
const LONGEST_NAME = 1024;

/** The JSON of a record's id, by which an event can name it; `null` where it tells nothing, or is too long. */
export function nameOf(bytes: Uint8Array, fields: Int32Array): string | null {
  const start = fields[0]!;
  const end = fields[1]!;
  if (start < 0 || end - start > LONGEST_NAME || !identifies(bytes, start, end)) return null;
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/**
 * Whether the JSON value `bytes[start, end)` can tell one record from another: a text or a number, an array or an
 * object that holds something. `null`, true, false, what is empty, and what has no letter and no digit but 0 (the zero
 * GUID, `0`) stand in many records. To take an id for none in error loses nothing: the content tells as well.
 */
function identifies(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]!;
  // null, true, false: the only values that begin with a letter.
  if (first >= 0x61 && first <= 0x7a) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    // Of a text any escape may be a letter.
    if (byte === BACKSLASH && first === QUOTE) return true;
    if (isTelling(byte)) return true;
  }
  return false;
}

/** A letter, a digit but 0, or a part of a letter beyond ASCII. */
function isTelling(byte: number): boolean {
  return (byte >= 0x31 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) ||
    byte >= 0x80;
}
