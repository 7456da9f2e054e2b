import { createByteBuilder } from "../json/builder.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";

/** A record of which values were replaced. */
export interface MaskedRecord {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The slices that were given, as they are in it. */
  readonly fields: Int32Array;
  /** Where it lies, if on one. */
  readonly lineBuffer: LineBuffer | undefined;
}

/** Puts one masked record together after the other. */
export interface MaskedRecordMaker {
  /** Begins with the record of `bytes` that begins at `start`. */
  begin(bytes: Uint8Array, start: number, fields: Int32Array): void;
  /** Replaces the value `bytes[start, end)`, which stands behind the ones that were replaced before. */
  replace(start: number, end: number, by: Uint8Array): void;
  /** The record, which ends at `end`; `null` when nothing was replaced. It holds until the next begins. */
  finish(end: number, lineBuffer: LineBuffer | undefined): MaskedRecord | null;
}

export function createMaskedRecord(): MaskedRecordMaker {
  const out = createByteBuilder();
  let bytes: Uint8Array = new Uint8Array(0);
  let done = 0;
  let fields: Int32Array = new Int32Array(0);
  let moved: Int32Array = fields;

  function move(by: number): void {
    for (let i = 0; i < moved.length; i++) if (fields[i]! >= 0) moved[i]! += by;
  }

  return {
    begin(of, start, slices) {
      out.clear();
      bytes = of;
      done = start;
      fields = slices;
      moved = slices.slice();
      move(-start);
    },
    replace(start, end, by) {
      out.appendSlice(bytes, done, start);
      out.append(by);
      done = end;
      const more = by.length - (end - start);
      for (let i = 0; i < moved.length; i++) if (fields[i]! >= end) moved[i]! += more;
    },
    finish(end, lineBuffer) {
      if (out.length === 0) return null;
      out.appendSlice(bytes, done, end);
      const record = out.bytes();
      const place = lineBuffer?.lay(record) ?? -1;
      if (place < 0) {
        return { bytes: record, start: 0, end: record.length, fields: moved, lineBuffer: undefined };
      }
      move(place);
      return { bytes, start: place, end: place + record.length, fields: moved, lineBuffer };
    },
  };
}
