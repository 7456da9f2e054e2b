import { isFree, KEY_WORDS, type KeyTable } from "./keyTable.ts";

const MOST_FULL = 0.75;
// An eighth at a time, or less: right after growing a table is 0.67 full, which is 23.9 bytes a key.
const GROWTH = 1.12;
// Few slots grow faster: what growing throws away, for V8 to collect, costs more than the slots that are free.
const FEW_SLOTS = 16_384;
const FEW_GROWTH = 1.5;
const FEWEST_SLOTS = 8;
/** Of all hashes that one is. */
const SHARE = 1 / 0x1_0000_0000;

/**
 * Makes an empty table in an array, by open addressing with linear probing: most streams know few keys. Its words are signed,
 * for V8 keeps those as integers, while unsigned ones become floating-point numbers.
 */
export function createFlatTable(): KeyTable {
  let slots = new Int32Array(FEWEST_SLOTS * KEY_WORDS);
  let size = 0;

  function grow(): void {
    const wider = new Int32Array(slotsAfter(slots) * KEY_WORDS);
    for (let at = 0; at < slots.length; at += KEY_WORDS) {
      if (!isFree(slots, at)) copyKey(slots, at, wider, slotOf(wider, slots, at));
    }
    slots = wider;
  }

  function add(words: Int32Array, at: number): boolean {
    let slot = slotOf(slots, words, at);
    if (!isFree(slots, slot)) return false;
    if ((size + 1) * KEY_WORDS > MOST_FULL * slots.length) {
      grow();
      slot = slotOf(slots, words, at);
    }
    copyKey(words, at, slots, slot);
    size++;
    return true;
  }

  return {
    get size() {
      return size;
    },
    get byteLength() {
      return slots.byteLength;
    },
    get slots() {
      return slots;
    },
    has: (words, at) => !isFree(slots, slotOf(slots, words, at)),
    add,
    addAll(words, count, fresh) {
      let found = 0;
      for (let i = 0; i < count; i++) if (add(words, i * KEY_WORDS)) fresh[found++] = i;
      return found;
    },
    remove(words, at) {
      const slot = slotOf(slots, words, at);
      if (isFree(slots, slot)) return false;
      closeGap(slots, slot);
      size--;
      return true;
    },
  };
}

/** Where a key is, or the free slot where it would go. */
function slotOf(slots: Int32Array, words: Int32Array, at: number): number {
  const a = words[at]!;
  const b = words[at + 1]!;
  const c = words[at + 2]!;
  const d = words[at + 3]!;
  let slot = homeOf(slots, words, at);
  for (;;) {
    if (slots[slot] === a && slots[slot + 1] === b && slots[slot + 2] === c && slots[slot + 3] === d) {
      return slot;
    }
    if (isFree(slots, slot)) return slot;
    slot += KEY_WORDS;
    if (slot === slots.length) slot = 0;
  }
}

/** Frees a slot and moves the keys behind it up, so that no search ends at the gap before it reaches its key. */
function closeGap(slots: Int32Array, freed: number): void {
  let gap = freed;
  let slot = freed;
  for (;;) {
    slots.fill(0, gap, gap + KEY_WORDS);
    for (;;) {
      slot = slot + KEY_WORDS === slots.length ? 0 : slot + KEY_WORDS;
      if (isFree(slots, slot)) return;
      const home = homeOf(slots, slots, slot);
      // A key may move to the gap unless its home lies behind the gap, counted around the end.
      if (gap <= slot ? home <= gap || home > slot : home <= gap && home > slot) break;
    }
    copyKey(slots, slot, slots, gap);
    gap = slot;
  }
}

/** The slot where the search for a key begins: its hash as a fraction of the table. */
function homeOf(slots: Int32Array, words: Int32Array, at: number): number {
  return (((mix(words, at) >>> 0) * SHARE * (slots.length / KEY_WORDS)) | 0) * KEY_WORDS;
}

// Record keys are hashes already; the multiplications only keep keys that count up (as in tests) from crowding.
function mix(words: Int32Array, at: number): number {
  return Math.imul(words[at]!, 0x9e3779b1) ^ Math.imul(words[at + 1]!, 0x85ebca6b) ^
    Math.imul(words[at + 2]!, 0xc2b2ae35) ^ Math.imul(words[at + 3]!, 0x27d4eb2f);
}

function copyKey(from: Int32Array, at: number, to: Int32Array, slot: number): void {
  to[slot] = from[at]!;
  to[slot + 1] = from[at + 1]!;
  to[slot + 2] = from[at + 2]!;
  to[slot + 3] = from[at + 3]!;
}

function slotsAfter(table: Int32Array): number {
  const slots = table.length / KEY_WORDS;
  return Math.max(slots + FEWEST_SLOTS, Math.ceil(slots * (slots < FEW_SLOTS ? FEW_GROWTH : GROWTH)));
}
