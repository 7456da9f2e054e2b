/*
 * AssemblyScript, built into orderedTableBytes.ts by `npm run wasm`: a set of 16-byte keys, in the order of their hashes.
 *
 * Open addressing with linear probing, where the keys of a cluster stand in the order of their hashes ("Robin Hood", after
 * Celis, 1986, with the hash itself as the order). So a search ends at the first greater hash, which allows a fuller table; and
 * the whole of it is in order, so that it grows by one pass from its beginning to its end, in its place.
 *
 * Four zeros mean a free slot: a key must not be that.
 */

// Places in the memory; orderedTable.ts knows the first three.
/** Up to 1024 keys that come in, and in FRESH the numbers of those that were not there. */
const KEYS: u32 = 0;
const FRESH: u32 = 16_384;
/** The hashes of the keys that come in. */
const HASHES: u32 = 20_480;
/** While a table is built: how many keys each region has. */
const COUNTS: u32 = 24_576;
const SLOTS: u32 = 65_536;

const KEY_BYTES: u32 = 16;
/** The hash's first 8 bits are its region, while a table is built. */
const REGION_BITS: u32 = 8;
/** Slots behind the last that a hash leads to, so that no search has to go on at the beginning. */
const TAIL: u32 = 128;
/** Of those none is filled but by a move, which puts a key at most 3 slots further from its home than it was. */
const KEPT_FREE: u32 = 16;
/** What a full table is multiplied by, in hundredths. */
const GROWTH: u64 = 118;

/** How many slots hashes lead to; more lie behind them. */
export let slots: u32 = 0;
/** How many keys there are. */
export let size: u32 = 0;
/** What the slots held that were read ahead: nobody asks, but what nobody could ask for would not be read. */
export let ahead: u32 = 0;

/** The multiplications keep keys that count up (as in tests) from crowding: record keys are hashes already. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function hashOf(key: u32): u32 {
  return load<u32>(key) * 0x9e3779b1 ^ load<u32>(key, 4) * 0x85ebca6b ^ load<u32>(key, 8) * 0xc2b2ae35 ^
    load<u32>(key, 12) * 0x27d4eb2f;
}

/** Where the search for a hash begins. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function homeOf(hash: u32): u32 {
  return SLOTS + (<u32>(<u64>hash * slots >> 32)) * KEY_BYTES;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isFree(slot: u32): bool {
  return (load<u64>(slot) | load<u64>(slot, 8)) === 0;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function copyKey(from: u32, to: u32): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isKey(slot: u32, key: u32): bool {
  return load<u64>(slot) === load<u64>(key) && load<u64>(slot, 8) === load<u64>(key, 8);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function endOfSlots(): u32 {
  return SLOTS + (slots + TAIL) * KEY_BYTES;
}

/** Where a key is, or where it would go: a free slot, or that of a greater hash. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function slotOf(key: u32, hash: u32): u32 {
  let slot = homeOf(hash);
  while (!isFree(slot) && !isKey(slot, key) && hashOf(slot) <= hash) slot += KEY_BYTES;
  return slot;
}

/** Makes room for so many bytes; false when there is none. */
function reserve(bytes: u64): bool {
  const missing = bytes - (<u64>memory.size() << 16);
  if (<i64>missing <= 0) return true;
  const pages = missing + 0xffff >> 16;
  return pages <= 0xffff && memory.grow(<i32>pages) >= 0;
}

/** Makes an empty table; false when there is no memory for it. @param wanted slots that hashes may lead to */
export function begin(wanted: u32): bool {
  if (!reserve(<u64>SLOTS + (<u64>wanted + TAIL) * KEY_BYTES)) return false;
  slots = wanted;
  return true;
}

/** A fifth is free at least; a table that grew has a third. */
function isFull(): bool {
  return <u64>(size + 1) * 5 > <u64>slots * 4;
}

/** Grows in its place; false when there is no memory. */
function grow(): bool {
  const wider = <u32>(<u64>slots * GROWTH / 100) + 8;
  const before = (slots + TAIL) * KEY_BYTES;
  // All keys go so far up that none is written over before it is read; then each goes where it belongs, from the first on.
  const up = (wider - slots + KEPT_FREE) * KEY_BYTES;
  if (!reserve(<u64>SLOTS + before + up)) return false;
  memory.copy(SLOTS + up, SLOTS, before);
  memory.fill(SLOTS, 0, up);
  slots = wider;
  spread(SLOTS + up, SLOTS + up + before);
  return true;
}

/** Puts the keys that stand in order between the two where they belong below. */
function spread(from: u32, end: u32): void {
  let last: u32 = SLOTS - KEY_BYTES;
  for (; from < end; from += KEY_BYTES) {
    const low = load<u64>(from);
    const high = load<u64>(from, 8);
    if ((low | high) === 0) continue;
    const home = homeOf(hashOf(from));
    last = home > last ? home : last + KEY_BYTES;
    store<u64>(from, 0);
    store<u64>(from, 0, 8);
    store<u64>(last, low);
    store<u64>(last, high, 8);
  }
}

/** Adds a key: 1 when it was not there, 0 when it was, -1 when it finds no room. */
function putInRoom(key: u32, hash: u32): i32 {
  const slot = slotOf(key, hash);
  if (isKey(slot, key)) return 0;
  let free = slot;
  while (!isFree(free)) free += KEY_BYTES;
  if (isFull() || free >= endOfSlots() - KEPT_FREE * KEY_BYTES) return -1;
  for (; free > slot; free -= KEY_BYTES) copyKey(free - KEY_BYTES, free);
  copyKey(key, slot);
  size++;
  return 1;
}

/** The same, and makes room; -1 when there is no memory. */
function put(key: u32, hash: u32): i32 {
  let added = putInRoom(key, hash);
  while (added < 0 && grow()) added = putInRoom(key, hash);
  return added;
}

/** Adds the first `count` keys of KEYS. @returns how many numbers FRESH has; -1 when there is no memory for all */
export function addAll(count: u32): i32 {
  let read: u32 = 0;
  // One after the other each search would wait for the memory; here many do at once.
  for (let i: u32 = 0; i < count; i++) {
    const hash = hashOf(KEYS + i * KEY_BYTES);
    store<u32>(HASHES + i * 4, hash);
    read |= load<u32>(homeOf(hash));
  }
  ahead = read;
  let found: i32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const added = put(KEYS + i * KEY_BYTES, load<u32>(HASHES + i * 4));
    if (added < 0) return -1;
    store<u32>(FRESH + found * 4, i);
    found += added;
  }
  return found;
}

/** Whether the first key of KEYS is there. */
export function has(): bool {
  return isKey(slotOf(KEYS, hashOf(KEYS)), KEYS);
}

/** Removes the first key of KEYS; false when it is not there. */
export function remove(): bool {
  let slot = slotOf(KEYS, hashOf(KEYS));
  if (!isKey(slot, KEYS)) return false;
  // What stands behind it and not at home moves up, so that no search ends at a gap before its key.
  for (;;) {
    const next = slot + KEY_BYTES;
    if (isFree(next) || homeOf(hashOf(next)) === next) break;
    copyKey(next, slot);
    slot = next;
  }
  store<u64>(slot, 0);
  store<u64>(slot, 0, 8);
  size--;
  return true;
}

/*
 * A table of many keys is built in two steps, for a search all over hundreds of megabytes waits for the memory: keys go to the
 * region of their hash as they come, one behind the other; then each region is put in order while it is in the cache.
 */

/** Where a region begins, or ends the one before it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function regionAt(region: u32): u32 {
  return SLOTS + (<u32>(<u64>region * slots >> REGION_BITS)) * KEY_BYTES;
}

/** Takes the first `count` keys of KEYS. @returns how many find no room in their region: they are the first of KEYS then */
export function collect(count: u32): u32 {
  let left: u32 = 0;
  for (let key = KEYS; key < KEYS + count * KEY_BYTES; key += KEY_BYTES) {
    const region = hashOf(key) >> 32 - REGION_BITS;
    const held = load<u32>(COUNTS + region * 4);
    const slot = regionAt(region) + held * KEY_BYTES;
    if (slot < regionAt(region + 1)) {
      copyKey(key, slot);
      store<u32>(COUNTS + region * 4, held + 1);
    } else copyKey(key, KEYS + left++ * KEY_BYTES);
  }
  return left;
}

/**
 * Puts a region in order. The last must be the first: what goes beyond the end of one then comes to one that is in order.
 *
 * @returns how many keys find no room: they are the first behind the slots then; -1 when there is no memory
 */
export function arrange(region: u32): i32 {
  const bytes = load<u32>(COUNTS + region * 4) * KEY_BYTES;
  const aside = endOfSlots();
  if (!reserve(<u64>aside + bytes)) return -1;
  memory.copy(aside, regionAt(region), bytes);
  memory.fill(regionAt(region), 0, bytes);
  let left = aside;
  for (let key = aside; key < aside + bytes; key += KEY_BYTES) {
    if (putInRoom(key, hashOf(key)) >= 0) continue;
    copyKey(key, left);
    left += KEY_BYTES;
  }
  return <i32>((left - aside) / KEY_BYTES);
}
