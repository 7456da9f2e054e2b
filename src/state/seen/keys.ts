/** Bytes of a record key. Of 10 million keys two are equal by chance once in 10^24 such sets. */
export const KEY_BYTES = 16;

/** Keys one after the other, in the order they were appended. */
export interface KeyList {
  count(): number;
  /** A view of all keys; valid until the list changes. */
  bytes(): Uint8Array;
  append(key: Uint8Array): void;
  /** Appends the keys with the first `count` of these numbers. @param keys four words each */
  appendSome(keys: Int32Array, numbers: Int32Array, count: number): void;
  clear(): void;
}

/** The least that is reserved. */
const FEW_BYTES = 64 * KEY_BYTES;

/**
 * Makes an empty list, which takes no memory before a key comes: most streams have nothing new. It keeps its memory when
 * it is cleared: one page of records is as long as the next.
 */
export function createKeyList(): KeyList {
  let memory = new Uint8Array(0);
  let words = new Int32Array(memory.buffer);
  let end = 0;

  function reserve(bytes: number): void {
    if (end + bytes <= memory.length) return;
    const wider = new Uint8Array(Math.max(FEW_BYTES, memory.length * 2, end + bytes));
    wider.set(memory);
    memory = wider;
    words = new Int32Array(memory.buffer);
  }

  return {
    count: () => end / KEY_BYTES,
    bytes: () => memory.subarray(0, end),
    append(key) {
      reserve(KEY_BYTES);
      // Sixteen bytes one by one cost less than a call.
      for (let i = 0; i < KEY_BYTES; i++) memory[end++] = key[i]!;
    },
    appendSome(keys, numbers, count) {
      reserve(count * KEY_BYTES);
      let to = end / 4;
      for (let i = 0; i < count; i++) {
        // Four words one by one cost less than a call.
        const from = numbers[i]! * 4;
        words[to++] = keys[from]!;
        words[to++] = keys[from + 1]!;
        words[to++] = keys[from + 2]!;
        words[to++] = keys[from + 3]!;
      }
      end = to * 4;
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
