import { createFlatTable } from "./flatTable.ts";
import { KEY_WORDS, type KeyTable } from "./keyTable.ts";
import { buildOrderedTable, createOrderedTable, type Feed } from "./orderedTable.ts";

/** Beyond so many keys a table is an ordered one, whose own memory begins at about as much as a flat one of these takes. */
const MOST_FLAT = 8192;
/** A table for so many times the keys that came takes more than 24 bytes for each. */
const TOO_WIDE = 1.12;

/** Makes an empty table: a flat one, which becomes an ordered one when it has many keys. */
export function createTable(): KeyTable {
  let table = createFlatTable();
  let isFlat = true;

  function withRoom(more: number): KeyTable {
    if (isFlat && table.size + more > MOST_FLAT) {
      const ordered = createOrderedTable(table.size);
      // Where there is no memory for an ordered table, the flat one goes on.
      if (ordered !== null) table = filled(ordered, table.slots);
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

/**
 * Makes a table of many keys at once.
 *
 * @param expected how many keys at most; more are taken, only slower
 */
export function buildTable(expected: number, feed: Feed): KeyTable {
  const built = expected > MOST_FLAT ? buildOrderedTable(expected, feed) : null;
  if (built !== null) return built.size * TOO_WIDE < expected ? filled(createTable(), built.slots) : built;
  const table = createTable();
  feed((words, from, to) => {
    for (let at = from; at < to; at += KEY_WORDS) table.add(words, at);
  });
  return table;
}

/** The table, with the keys of another's slots. */
function filled(table: KeyTable, slots: Int32Array): KeyTable {
  for (let at = 0; at < slots.length; at += KEY_WORDS) {
    if ((slots[at]! | slots[at + 1]! | slots[at + 2]! | slots[at + 3]!) !== 0) table.add(slots, at);
  }
  return table;
}
