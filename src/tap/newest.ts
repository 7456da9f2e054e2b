import { compareInstants, type Instant } from "../instant.ts";
import { decodeString } from "../json/decode.ts";

/** How many ids of the newest instant are remembered in a checkpoint. */
const MAX_LAST_IDS = 100;

/** The newest record that was accepted. */
export interface Newest {
  readonly time: Instant;
  /** Ids of the records with exactly that time. */
  readonly ids: readonly string[];
}

/** The newest of what was known and one more record, whose id is the first of `fields`. */
export function newer(newest: Newest | null, time: Instant, bytes: Uint8Array, fields: Int32Array): Newest {
  const order = newest === null ? 1 : compareInstants(time, newest.time);
  if (newest !== null && order < 0) return newest;
  const [idStart = -1, idEnd = -1] = fields;
  const id = idStart < 0 ? null : decodeString(bytes, idStart, idEnd);
  const ids = newest !== null && order === 0 ? newest.ids : [];
  return { time, ids: id === null || ids.length >= MAX_LAST_IDS ? ids : [...ids, id] };
}
