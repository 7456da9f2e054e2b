import { randomBytes } from "node:crypto";
import { KEY_WORDS } from "../../src/state/seen/keyTable.ts";

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

/** Random keys whose hashes lie in a ten-thousandth of their range, from that part of it on: many of them would like one place. */
export function crowdedKeys(count: number, from: number): Int32Array {
  const keys = randomKeys(count);
  for (let at = 0; at < keys.length; at += KEY_WORDS) {
    const others = Math.imul(keys[at + 1]!, 0x85ebca6b) ^ Math.imul(keys[at + 2]!, 0xc2b2ae35) ^
      Math.imul(keys[at + 3]!, 0x27d4eb2f);
    const hash = Math.floor(from * 2 ** 32 + (keys[at]! >>> 0) / 10_000);
    keys[at] = Math.imul(hash ^ others, INVERSE);
  }
  return keys;
}

/** Of 0x9e3779b1, modulo 2³². */
const INVERSE = 0x0e8b2f51;
