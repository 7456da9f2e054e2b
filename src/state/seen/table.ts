import { createFlatTable } from "./flatTable.ts";
import { isFree, KEY_WORDS, type KeyTable } from "./keyTable.ts";
import { createOrderedTables, type Feed, type OrderedTables } from "./orderedTable.ts";

/** Beyond so many keys a table is an ordered one, whose own memory begins at about as much as a flat one of these takes. */
const MOST_FLAT = 8192;
/** A table for so many times the keys that came takes more than 24 bytes for each. */
const TOO_WIDE = 1.12;

/** Makes the tables of a process. */
export interface KeyTables {
  /** An empty one: flat, until it has many keys. */
  create(): KeyTable;
  /**
   * One of many keys at once.
   *
   * @param expected how many keys at most; more are taken, only slower
   */
  build(expected: number, feed: Feed): KeyTable;
}

export function createTables(ordered: OrderedTables = createOrderedTables()): KeyTables {
  const create = () => growing(ordered);
  return {
    create,
    build(expected, feed) {
      const built = expected > MOST_FLAT ? ordered.build(expected, feed) : null;
      if (built !== null) return built.size * TOO_WIDE < expected ? filled(create(), built.slots) : built;
      const table = create();
      feed((words, from, to) => {
        for (let at = from; at < to; at += KEY_WORDS) table.add(words, at);
      });
      return table;
    },
  };
}

function growing(ordered: OrderedTables): KeyTable {
  let table = createFlatTable();
  let isFlat = true;

  function withRoom(more: number): KeyTable {
    if (isFlat && table.size + more > MOST_FLAT) {
      const wide = ordered.create(table.size);
      // Where there is no memory for one, the flat table goes on.
      if (wide !== null) table = filled(wide, table.slots);
      isFlat = false;
    }
    return table;
  }
  return {
    get size() {
      return table.size;
    },
    get byteLength() {
      return table.byteLength;
    },
    get slots() {
      return table.slots;
    },
    has: (words, at) => table.has(words, at),
    add: (words, at) => withRoom(1).add(words, at),
    addAll: (words, count, fresh) => withRoom(count).addAll(words, count, fresh),
    remove: (words, at) => table.remove(words, at),
  };
}

/** The table, with the keys of another's slots. */
function filled(table: KeyTable, slots: Int32Array): KeyTable {
  for (let at = 0; at < slots.length; at += KEY_WORDS) {
    if (!isFree(slots, at)) table.add(slots, at);
  }
  return table;
}
