/** A growing buffer of bytes, in which lines are assembled. */
export interface ByteBuilder {
  /** Bytes written since `clear()`. */
  readonly length: number;
  /** What was written since `clear()`; a view that holds until the next `append…` or `clear()`. */
  bytes(): Uint8Array;
  /** Forgets what was written. The memory is kept for the next use, unless one giant made it grow far. */
  clear(): void;
  append(bytes: Uint8Array): void;
  /** Appends `bytes[start, end)`. */
  appendSlice(bytes: Uint8Array, start: number, end: number): void;
  appendByte(byte: number): void;
}

// Above this, a buffer that grew is given back at the next clear(): one record of 60 MiB must not cost 60 MiB for ever.
const KEPT_BYTES = 1024 * 1024;

const FEW_BYTES = 64;

/**
 * An empty builder.
 *
 * @param initialBytes Size of the buffer before it has to grow, taken at the first append. @default 65_536
 */
export function createByteBuilder(initialBytes = 64 * 1024): ByteBuilder {
  const nothing = new Uint8Array(0);
  let buffer = nothing;
  let length = 0;

  function reserve(more: number): void {
    const needed = length + more;
    if (needed <= buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, buffer.length * 2, initialBytes));
    larger.set(length === buffer.length ? buffer : buffer.subarray(0, length));
    buffer = larger;
  }

  return {
    get length() {
      return length;
    },
    bytes: () => buffer.subarray(0, length),
    clear() {
      if (buffer.length > Math.max(KEPT_BYTES, initialBytes)) buffer = nothing;
      length = 0;
    },
    append(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, length);
      length += bytes.length;
    },
    appendSlice(bytes, start, end) {
      reserve(end - start);
      // A view of its own costs more than a few bytes one by one.
      if (end - start < FEW_BYTES) {
        for (let i = start; i < end; i++) {
          buffer[length++] = bytes[i] as number;
        }
      } else {
        buffer.set(bytes.subarray(start, end), length);
        length += end - start;
      }
    },
    appendByte(byte) {
      reserve(1);
      buffer[length++] = byte;
    },
  };
}
