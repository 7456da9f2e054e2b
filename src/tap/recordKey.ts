import type { Plugin } from "../plugin/plugin.ts";
import { recordKey } from "../state/key.ts";

/** The key of a record, whose id and time are given as slices of its raw JSON. */
export type KeyFunction = (bytes: Uint8Array, start: number, end: number, fields: Int32Array) => Uint8Array;

/**
 * What makes a record the same record: its id; with the time of its last change where records change; with its
 * whole content where nothing else tells. A record without an id is known by its content.
 *
 * @param trackUpdates false when the first version of a record is all that is wanted
 */
export function keyFunction({ cursor }: Plugin, trackUpdates: boolean): KeyFunction {
  return (bytes, start, end, fields) => {
    const [idStart = -1, idEnd = -1, timeStart = -1, timeEnd = -1] = fields;
    if (idStart < 0) return recordKey(bytes.subarray(start, end));
    const id = bytes.subarray(idStart, idEnd);
    if (!trackUpdates || cursor.kind === "event-time") return recordKey(id);
    if (cursor.kind === "snapshot") return recordKey(bytes.subarray(start, end));
    return timeStart < 0 ? recordKey(id) : recordKey(id, bytes.subarray(timeStart, timeEnd));
  };
}
