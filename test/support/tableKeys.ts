import { randomBytes } from "node:crypto";
import { KEY_WORDS } from "../../src/state/seen/table.ts";

/** `count` random keys, as words. */
export function randomKeys(count: number): Int32Array {
  const bytes = new Uint8Array(count * 16);
  for (let at = 0; at < bytes.length; at += 65_536) {
    bytes.set(randomBytes(Math.min(65_536, bytes.length - at)), at);
  }
  return new Int32Array(bytes.buffer);
}

/** Keys that differ in one word only, and in its low bits only: the worst that a caller could hand over. */
export function countingKeys(count: number, word: number): Int32Array {
  const keys = new Int32Array(count * KEY_WORDS);
  for (let index = 0; index < count; index++) keys[index * KEY_WORDS + word] = index + 1;
  return keys;
}
