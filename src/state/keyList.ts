import { KEY_BYTES } from "./key.ts";

/** Keys one after the other, in the order they were appended. */
export interface KeyList {
  readonly count: number;
  /** A view of all keys; valid until the list changes. */
  bytes(): Uint8Array;
  append(key: Uint8Array): void;
  clear(): void;
}

/** Makes an empty list. It keeps its memory when it is cleared: one page of records is as long as the next. */
export function createKeyList(): KeyList {
  let memory = new Uint8Array(64 * KEY_BYTES);
  let end = 0;
  return {
    get count() {
      return end / KEY_BYTES;
    },
    bytes: () => memory.subarray(0, end),
    append(key) {
      if (end === memory.length) {
        const wider = new Uint8Array(memory.length * 2);
        wider.set(memory);
        memory = wider;
      }
      memory.set(key, end);
      end += KEY_BYTES;
    },
    clear() {
      end = 0;
    },
  };
}
