import type { Room } from "../json/batch.ts";
import type { Out } from "./maskedRecord.ts";

/** Room for masked records in the memory where their batch lies, one behind the other. */
export interface MaskedRoom extends Out {
  /** Has all of the room free. */
  enter(room: Room): void;
  /** Begins a record, in the place of the one before unless that was kept. */
  begin(): void;
  /** Where the record begins. */
  readonly start: number;
  /** Where it ends; -1 when it found no room. */
  readonly end: number;
  keep(): void;
}

export function createMaskedRoom(): MaskedRoom {
  let bytes: Uint8Array;
  let roomEnd = 0;
  let start = 0;
  let end = 0;

  /** Where so many bytes more go; -1 when there is no room, and then for the rest of the record. */
  function placeFor(more: number): number {
    const place = end;
    end = place < 0 || place + more > roomEnd ? -1 : place + more;
    return end < 0 ? -1 : place;
  }

  return {
    enter(room) {
      ({ bytes, start, end: roomEnd } = room);
    },
    begin() {
      end = start;
    },
    append(more) {
      const place = placeFor(more.length);
      if (place >= 0) bytes.set(more, place);
    },
    appendSlice(_, from, to) {
      const place = placeFor(to - from);
      if (place >= 0) bytes.copyWithin(place, from, to);
    },
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    keep() {
      start = end;
    },
  };
}
