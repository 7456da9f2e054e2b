import { GraphtapError } from "../../errors.ts";
import { KEY_BYTES } from "./keys.ts";
import { isFree, KEY_WORDS, type KeyTable } from "./keyTable.ts";
import { createTables } from "./table.ts";

/** Stands in for a key of zeros, which is how the table marks a free slot. */
const NOT_ZERO = 0x5eed5eed;

/** A set of record keys in memory, as bytes. */
export interface KeySet {
  readonly size: number;
  has(key: Uint8Array): boolean;
  /** False when it is there already. */
  add(key: Uint8Array): boolean;
  /**
   * Adds the first `count` keys of `keys`, {@linkcode KEY_WORDS} each. A key of zeros becomes there what the set holds it as.
   *
   * @param fresh is given the numbers of those that were not there
   * @returns how many those are
   */
  addAll(keys: Int32Array, count: number, fresh: Int32Array): number;
  /** False when it is not there. */
  remove(key: Uint8Array): boolean;
  /** The key last asked for, as the set holds it: a key of zeros is held as another one. Valid until the next is. */
  readonly held: Uint8Array;
}

/** The keys of `table`, which takes them as words. */
export function keySet(table: KeyTable = createTables().create()): KeySet {
  const words = new Int32Array(KEY_WORDS);
  const held = new Uint8Array(words.buffer);

  function hold(key: Uint8Array): void {
    if (key.length !== KEY_BYTES) {
      throw new GraphtapError("bug", `The seen set takes keys of ${KEY_BYTES} bytes, not ${key.length}`);
    }
    // One by one costs less than a call.
    for (let i = 0; i < KEY_BYTES; i++) held[i] = key[i]!;
    if (isFree(words, 0)) words.fill(NOT_ZERO);
  }

  return {
    get size() {
      return table.size;
    },
    has(key) {
      hold(key);
      return table.has(words, 0);
    },
    add(key) {
      hold(key);
      return table.add(words, 0);
    },
    addAll(keys, count, fresh) {
      for (let at = 0; at < count * KEY_WORDS; at += KEY_WORDS) {
        if (isFree(keys, at)) keys.fill(NOT_ZERO, at, at + KEY_WORDS);
      }
      return table.addAll(keys, count, fresh);
    },
    remove(key) {
      hold(key);
      return table.remove(words, 0);
    },
    held,
  };
}
