import { clearImmediate, setImmediate } from "node:timers";
import { type Batch, behind, type MakeBatch, MOST_LINES, type Place, type Unsent } from "./batch.ts";

/** The lines of a write that waits, or is under way. */
export interface Waiting {
  /** Its next batch; `null` behind the last. */
  next(): Batch | null;
  /** It has ended, well or not. */
  leave(): void;
}

/** The batches of all writes that wait, in the order of the writes. */
export interface Batches {
  add(unsent: Unsent): Waiting;
}

interface Write {
  unsent: Unsent;
  isBegun: boolean;
  ahead: Batch | null;
}

/** While one batch is on its way, the next is made: of the same write, or of the one that comes then. */
export function createBatches(makeBatch: MakeBatch): Batches {
  const writes: Write[] = [];
  let place: Place = 0;
  let scheduled: ReturnType<typeof setImmediate> | null = null;

  function make(write: Write): Batch | null {
    if (write.unsent.lines.length === 0) return null;
    const batch = makeBatch(write.unsent, MOST_LINES, place);
    place = place === 0 ? 1 : 0;
    write.unsent = behind(write.unsent, batch);
    return batch;
  }

  function makeAhead(): void {
    scheduled = null;
    const [first, second] = writes;
    if (first === undefined || !first.isBegun || first.ahead !== null) return;
    try {
      first.ahead = make(first);
      if (first.ahead === null && second !== undefined) second.ahead ??= make(second);
    } catch {
      // It fails again at its turn, where somebody hears of it.
    }
  }

  /** When the batch before is with the system. */
  function scheduleAhead(): void {
    scheduled ??= setImmediate(makeAhead);
  }

  return {
    add(unsent) {
      const write: Write = { unsent, isBegun: false, ahead: null };
      writes.push(write);
      if (writes.length === 2) scheduleAhead();
      return {
        next() {
          const batch = write.ahead ?? make(write);
          write.ahead = null;
          write.isBegun = true;
          if (write.unsent.lines.length > 0 || writes.length > 1) scheduleAhead();
          return batch;
        },
        leave() {
          writes.splice(writes.indexOf(write), 1);
          if (writes.length > 0 || scheduled === null) return;
          clearImmediate(scheduled);
          scheduled = null;
        },
      };
    },
  };
}
