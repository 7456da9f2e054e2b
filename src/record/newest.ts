import { compareInstants, type Instant } from "../instant.ts";
import { decodeString } from "../json/decode.ts";
import type { Newest } from "../state/position.ts";

/** How many ids of the newest instant are remembered in a position. */
const MAX_LAST_IDS = 100;
/** How many bytes of ids: whoever sends a megabyte for one must not make positions of a hundred. */
const MAX_LAST_ID_BYTES = 16_384;

/** Keeps the newest of the records it meets. */
export interface NewestKeeper {
  /** Meets a record of that time, whose id is the JSON string at `bytes[idStart, idEnd)`, or -1 and -1. */
  meet(time: Instant, bytes: Uint8Array, idStart: number, idEnd: number): void;
  /** The newest there was, those known before included; `null` when there was none. */
  newest(): Newest | null;
}

/** Where records come oldest first each is newer than all before, so an id is decoded only when somebody asks. */
export function createNewestKeeper(known: Newest | null): NewestKeeper {
  let time = known?.time ?? null;
  let ids: readonly string[] = known?.ids ?? [];
  let undecoded: Uint8Array[] = [];
  let bytesHeld = 0;
  return {
    meet(met, bytes, idStart, idEnd) {
      const order = time === null ? 1 : compareInstants(met, time);
      if (order < 0) return;
      if (order > 0) {
        time = met;
        ids = [];
        undecoded = [];
        bytesHeld = 0;
      }
      const length = idEnd - idStart;
      if (
        idStart >= 0 && ids.length + undecoded.length < MAX_LAST_IDS &&
        bytesHeld + length <= MAX_LAST_ID_BYTES
      ) {
        undecoded.push(bytes.slice(idStart, idEnd));
        bytesHeld += length;
      }
    },
    newest() {
      if (time === null) return null;
      const decoded = undecoded.map((id) => decodeString(id, 0, id.length)).filter((id) => id !== null);
      undecoded = [];
      return { time, ids: ids = [...ids, ...decoded] };
    },
  };
}
