/** Bytes of a record key. Of 10 million keys two are equal by chance once in 10^24 such sets. */
export const KEY_BYTES = 16;

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
      // Sixteen bytes one by one cost less than a call.
      for (let i = 0; i < KEY_BYTES; i++) memory[end++] = key[i]!;
    },
    clear() {
      end = 0;
    },
  };
}

/** Hands over the keys one after the other; each is valid only during its call. */
export function eachKey(keys: KeyList, use: (key: Uint8Array) => void): void {
  const bytes = keys.bytes();
  for (let at = 0; at < bytes.length; at += KEY_BYTES) use(bytes.subarray(at, at + KEY_BYTES));
}
