/** 32-bit words in a key. */
export const KEY_WORDS = 4;

/**
 * A set of 16-byte keys in flat memory, without an object for each.
 *
 * Keys are given as {@linkcode KEY_WORDS} words of an array from `at` on, in the byte order of the host.
 * Four zeros mean a free slot: a key must not be that.
 */
export interface KeyTable {
  readonly size: number;
  /** Bytes of memory that hold the keys, free slots included. */
  readonly byteLength: number;
  /** Keys one after the other, with free slots of four zeros between them. Valid until the table changes. */
  readonly slots: Int32Array;
  has(words: Int32Array, at: number): boolean;
  /** False when it is there already. */
  add(words: Int32Array, at: number): boolean;
  /**
   * Adds the first `count` keys of `words`.
   *
   * @param fresh is given the numbers of those that were not there
   * @returns how many those are
   */
  addAll(words: Int32Array, count: number, fresh: Int32Array): number;
  /** False when it is not there. */
  remove(words: Int32Array, at: number): boolean;
}

/** Whether a slot is free: no key is four zeros. */
export function isFree(slots: Int32Array, slot: number): boolean {
  return (slots[slot]! | slots[slot + 1]! | slots[slot + 2]! | slots[slot + 3]!) === 0;
}
