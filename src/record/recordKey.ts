import type { Plugin } from "../plugin/plugin.ts";
import { type KeyMaker, recordKey } from "./keyMaker.ts";

/** The key of a record, whose id and time are given as slices of its raw JSON. It holds until the next is asked for. */
export type KeyFunction = (bytes: Uint8Array, start: number, end: number, fields: Int32Array) => Uint8Array;

/**
 * What makes a record the same record: its id; with the time of its last change where records change; with its
 * whole content where nothing else tells. A record without an id is known by its content.
 *
 * @param trackUpdates false when the first version of a record is all that is wanted
 */
export function keyFunction({ cursor }: Plugin, trackUpdates: boolean, make: KeyMaker): KeyFunction {
  return (bytes, start, end, fields) => {
    // By index: taking an array apart costs more than all the rest here.
    const idStart = fields[0]!;
    if (idStart < 0) return make(bytes, start, end);
    const idEnd = fields[1]!;
    if (!trackUpdates || cursor.kind === "event-time") return make(bytes, idStart, idEnd);
    if (cursor.kind === "snapshot") return make(bytes, start, end);
    const timeStart = fields[2]!;
    if (timeStart < 0) return make(bytes, idStart, idEnd);
    return recordKey(bytes.subarray(idStart, idEnd), bytes.subarray(timeStart, fields[3]));
  };
}
