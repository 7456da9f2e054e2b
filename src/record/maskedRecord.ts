import type { ByteBuilder } from "../json/builder.ts";

/** Where a masked record is put together. */
export type Out = Pick<ByteBuilder, "append" | "appendSlice">;

/** How many numbers tell id and time: start and end of each. */
const FIELD_WORDS = 4;

/** Puts one masked record together after the other, each from the parts that stay and what replaces the others. */
export interface MaskedRecord {
  /** Start and end of id and time in it, -1 for what it has not. It holds until the next begins. */
  readonly fields: Int32Array;
  /** Has `fields` be those of the next record, whose id and time `slices` tells from `at` on. */
  follow(slices: Int32Array, at: number): void;
  /** Begins with the record of `bytes` that begins at `start`. */
  begin(out: Out, bytes: Uint8Array, start: number): void;
  /** Replaces the value `bytes[start, end)`, which stands behind the ones that were replaced before. */
  replace(start: number, end: number, by: Uint8Array): void;
  /** Ends with the record, at `end`; false when nothing was replaced, and nothing appended. */
  finish(end: number): boolean;
}

export function createMaskedRecord(): MaskedRecord {
  const fields = new Int32Array(FIELD_WORDS);
  /** Where they were. */
  const places = new Int32Array(FIELD_WORDS);
  let out: Out;
  let bytes: Uint8Array;
  let done = 0;
  let isChanged = false;
  return {
    fields,
    follow(slices, at) {
      for (let i = 0; i < FIELD_WORDS; i++) places[i] = slices[at + i]!;
    },
    begin(to, of, start) {
      out = to;
      bytes = of;
      done = start;
      isChanged = false;
      for (let i = 0; i < FIELD_WORDS; i++) fields[i] = places[i]! < 0 ? -1 : places[i]! - start;
    },
    replace(start, end, by) {
      out.appendSlice(bytes, done, start);
      out.append(by);
      done = end;
      isChanged = true;
      // What stands behind it, or ends with it, moves.
      const more = by.length - (end - start);
      for (let i = 0; i < FIELD_WORDS; i++) if (places[i]! >= end) fields[i]! += more;
    },
    finish(end) {
      if (isChanged) out.appendSlice(bytes, done, end);
      return isChanged;
    },
  };
}
