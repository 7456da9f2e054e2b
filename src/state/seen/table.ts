/**
 * A set of 16-byte keys in flat memory: open addressing with linear probing, no object per key.
 *
 * It is cut into 256 shards by the first bits of a key's hash. Each grows on its own, so that growing neither
 * doubles the memory for a moment nor stops the program for long, and each fits in a processor's cache, which is
 * what makes a bulk load several times faster than inserting all over a table of hundreds of megabytes. A small table
 * is one shard: 256 empty ones would be 90 KB, and most streams know few keys.
 */

/** 32-bit words in a key. */
export const KEY_WORDS = 4;

const SHARDS = 256;
// Where 256 shards begin to be no larger than one.
const MOST_ALONE = 8192;
const MOST_FULL = 0.75;
// An eighth at a time, or less: right after growing a shard is 0.67 full, which is 23.9 bytes a key.
const GROWTH = 1.12;
// Small ones grow faster: 256 shards of 512 slots are 2 MB, and to come there by eighths costs more than the inserting.
const SMALL_SLOTS = 512;
const SMALL_GROWTH = 1.5;
const FEWEST_SLOTS = 8;
// Signed words throughout: V8 keeps them as integers, while unsigned ones become floating-point numbers (3 times slower).
const IN_SHARD_BITS = 0xffffff;
const IN_SHARD_SHARE = 1 / (IN_SHARD_BITS + 1);

/**
 * Keys are given as four words of an array from `at` on, in the byte order of the host.
 * Four zeros mean a free slot: a key must not be that.
 */
export interface KeyTable {
  readonly size: number;
  /** Bytes of memory that hold the keys, free slots included. */
  readonly byteLength: number;
  has(words: Int32Array, at: number): boolean;
  /** False when it is there already. */
  add(words: Int32Array, at: number): boolean;
  /**
   * Reads the slots where the search for these keys begins, so that they are in the processor's cache when they are asked
   * for: one after the other each would wait for the memory, and here many do at once.
   *
   * @returns bits of what was read: of no use, but what nobody asks for would not be read
   */
  fetch(words: Int32Array, count: number): number;
  /** False when it is not there. */
  remove(words: Int32Array, at: number): boolean;
}

/** Makes an empty table with room for `expected` keys. */
export function createTable(expected = 0): KeyTable {
  return tableOf(emptyShards(expected));
}

/**
 * Makes a table of many keys at once: `feed` hands them over in runs of whole keys, in words, `from` to before `to`.
 * They are first sorted into the shards as they come, then each shard is put in order while it is in the cache.
 *
 * @param expected how many keys at most; more are taken, only slower
 */
export function buildTable(
  expected: number,
  feed: (append: (words: Int32Array, from: number, to: number) => void) => void,
): KeyTable {
  if (expected <= MOST_ALONE) {
    const table = createTable(expected);
    feed((words, from, to) => {
      for (let at = from; at < to; at += KEY_WORDS) table.add(words, at);
    });
    return table;
  }
  const { slots, counts } = emptyShards(expected);
  feed((words, from, to) => {
    for (let at = from; at < to; at += KEY_WORDS) {
      const shard = mix(words, at) >>> 24;
      let target = slots[shard]!;
      const end = counts[shard]! * KEY_WORDS;
      if (end === target.length) {
        const wider = new Int32Array(slotsAfter(target) * KEY_WORDS);
        wider.set(target);
        slots[shard] = target = wider;
      }
      copyKey(words, at, target, end);
      counts[shard]! += 1;
    }
  });
  const unordered = new Int32Array(Math.max(...counts) * KEY_WORDS);
  for (let shard = 0; shard < SHARDS; shard++) {
    const length = counts[shard]! * KEY_WORDS;
    unordered.set(slots[shard]!.subarray(0, length));
    const fitting = slotsFor(counts[shard]!) * KEY_WORDS;
    // An estimate that was a little too large costs less than another block of memory.
    const misfit = length > MOST_FULL * slots[shard]!.length || slots[shard]!.length > fitting * 1.02;
    const target = misfit ? new Int32Array(fitting) : slots[shard]!.fill(0);
    slots[shard] = target;
    counts[shard] = insertAll(target, unordered, length);
  }
  return tableOf({ slots, counts });
}

interface Shards {
  readonly slots: Int32Array[];
  readonly counts: Int32Array;
}

function emptyShards(expected: number): Shards {
  const shards = expected <= MOST_ALONE ? 1 : SHARDS;
  const each = slotsFor(Math.ceil(expected / shards));
  return {
    slots: Array.from({ length: shards }, () => new Int32Array(each * KEY_WORDS)),
    counts: new Int32Array(shards),
  };
}

function tableOf({ slots, counts }: Shards): KeyTable {
  // Which of a hash's first bits choose the shard: all, or none.
  let chosenBy = slots.length - 1;
  let size = counts.reduce((sum, count) => sum + count, 0);
  let byteLength = slots.reduce((sum, shard) => sum + shard.byteLength, 0);

  function grow(shard: number): Int32Array {
    const old = slots[shard]!;
    const wider = new Int32Array(slotsAfter(old) * KEY_WORDS);
    insertAll(wider, old, old.length);
    byteLength += wider.byteLength - old.byteLength;
    return slots[shard] = wider;
  }

  /** Makes 256 shards of the only one. */
  function divide(): void {
    const alone = slots[0]!;
    ({ slots, counts } = emptyShards(MOST_ALONE + 1));
    chosenBy = SHARDS - 1;
    byteLength = slots.reduce((sum, shard) => sum + shard.byteLength, 0);
    size = 0;
    for (let at = 0; at < alone.length; at += KEY_WORDS) if (!isFree(alone, at)) table.add(alone, at);
  }

  const table: KeyTable = {
    get size() {
      return size;
    },
    get byteLength() {
      return byteLength;
    },
    has(words, at) {
      const shard = slots[(mix(words, at) >>> 24) & chosenBy]!;
      return !isFree(shard, slotOf(shard, words, at));
    },
    add(words, at) {
      if (chosenBy === 0 && size === MOST_ALONE) divide();
      const number = (mix(words, at) >>> 24) & chosenBy;
      let shard = slots[number]!;
      let slot = slotOf(shard, words, at);
      if (!isFree(shard, slot)) return false;
      if ((counts[number]! + 1) * KEY_WORDS > MOST_FULL * shard.length) {
        shard = grow(number);
        slot = slotOf(shard, words, at);
      }
      copyKey(words, at, shard, slot);
      counts[number]! += 1;
      size++;
      return true;
    },
    fetch: (words, count) => readHomes(slots, chosenBy, words, count),
    remove(words, at) {
      const number = (mix(words, at) >>> 24) & chosenBy;
      const shard = slots[number]!;
      const slot = slotOf(shard, words, at);
      if (isFree(shard, slot)) return false;
      closeGap(shard, slot);
      counts[number]! -= 1;
      size--;
      return true;
    },
  };
  return table;
}

function readHomes(slots: readonly Int32Array[], chosenBy: number, words: Int32Array, count: number): number {
  let read = 0;
  for (let at = 0; at < count * KEY_WORDS; at += KEY_WORDS) {
    const shard = slots[(mix(words, at) >>> 24) & chosenBy]!;
    read |= shard[homeOf(shard, words, at)]!;
  }
  return read;
}

/** Puts the keys of `words` before `end` into a shard, passing over free slots; how many were new. */
function insertAll(shard: Int32Array, words: Int32Array, end: number): number {
  let added = 0;
  for (let at = 0; at < end; at += KEY_WORDS) {
    if (isFree(words, at)) continue;
    const slot = slotOf(shard, words, at);
    if (!isFree(shard, slot)) continue;
    copyKey(words, at, shard, slot);
    added++;
  }
  return added;
}

/** Where in a shard a key is, or the free slot where it would go. */
function slotOf(shard: Int32Array, words: Int32Array, at: number): number {
  const a = words[at]!;
  const b = words[at + 1]!;
  const c = words[at + 2]!;
  const d = words[at + 3]!;
  let slot = homeOf(shard, words, at);
  for (;;) {
    if (shard[slot] === a && shard[slot + 1] === b && shard[slot + 2] === c && shard[slot + 3] === d) {
      return slot;
    }
    if (isFree(shard, slot)) return slot;
    slot += KEY_WORDS;
    if (slot === shard.length) slot = 0;
  }
}

/** Frees a slot and moves the keys behind it up, so that no search ends at the gap before it reaches its key. */
function closeGap(shard: Int32Array, freed: number): void {
  let gap = freed;
  let slot = freed;
  for (;;) {
    shard.fill(0, gap, gap + KEY_WORDS);
    for (;;) {
      slot = slot + KEY_WORDS === shard.length ? 0 : slot + KEY_WORDS;
      if (isFree(shard, slot)) return;
      const home = homeOf(shard, shard, slot);
      // A key may move to the gap unless its home lies behind the gap, counted around the end of the shard.
      if (gap <= slot ? home <= gap || home > slot : home <= gap && home > slot) break;
    }
    copyKey(shard, slot, shard, gap);
    gap = slot;
  }
}

/** The slot where the search for a key begins: its hash as a fraction of the shard. */
function homeOf(shard: Int32Array, words: Int32Array, at: number): number {
  return (((mix(words, at) & IN_SHARD_BITS) * (shard.length / KEY_WORDS) * IN_SHARD_SHARE) | 0) * KEY_WORDS;
}

// Record keys are hashes already; the multiplications only keep keys that count up (as in tests) from crowding.
function mix(words: Int32Array, at: number): number {
  return Math.imul(words[at]!, 0x9e3779b1) ^ Math.imul(words[at + 1]!, 0x85ebca6b) ^
    Math.imul(words[at + 2]!, 0xc2b2ae35) ^ Math.imul(words[at + 3]!, 0x27d4eb2f);
}

function isFree(shard: Int32Array, slot: number): boolean {
  return (shard[slot]! | shard[slot + 1]! | shard[slot + 2]! | shard[slot + 3]!) === 0;
}

function copyKey(from: Int32Array, at: number, to: Int32Array, slot: number): void {
  to[slot] = from[at]!;
  to[slot + 1] = from[at + 1]!;
  to[slot + 2] = from[at + 2]!;
  to[slot + 3] = from[at + 3]!;
}

function slotsFor(keys: number): number {
  // A little below the limit, so that the shards that got more than their share need not grow.
  return Math.max(FEWEST_SLOTS, Math.ceil(keys / (MOST_FULL - 0.02)));
}

function slotsAfter(shard: Int32Array): number {
  const slots = shard.length / KEY_WORDS;
  return Math.max(slots + FEWEST_SLOTS, Math.ceil(slots * (slots < SMALL_SLOTS ? SMALL_GROWTH : GROWTH)));
}
