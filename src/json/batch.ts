import type { LineBuffer } from "./lineBuffer.ts";

/** What is to be told of each record of a batch. */
export interface BatchQuestion {
  /** Paths of id, time, and what decides the line's head, as a {@linkcode FieldReader} takes them; `null` for none. */
  readonly paths: readonly [string, string | null, string | null];
  /** What its key is of: its id, or its id and its time where it has one. */
  readonly key: "id" | "id-and-time";
}

/** Words in what is told of a record's slices: start and end of id, time and what decides the head. */
export const SLICE_WORDS = 6;

/**
 * Records that were cut at once, and lie in the memory of WebAssembly with all that is told of them. It tells what the
 * usual record holds; of a record that is marked (a key spelled with an escape, a time in another form, an id that tells
 * nothing) slices, time and key are for the reader of the batch to set.
 *
 * Everything holds during the call that hands the batch out.
 */
export interface Batch {
  readonly count: number;
  /** Where the records lie. */
  readonly bytes: Uint8Array;
  readonly lineBuffer: LineBuffer;
  startOf(record: number): number;
  endOf(record: number): number;
  /** Whether it is known to hold no raw line break. */
  isOneLine(record: number): boolean;
  /**
   * Has all records told of; false where the question is longer than there is room for.
   *
   * @param question the same object for the same question
   */
  ask(question: BatchQuestion): boolean;
  /** 1 for each record that is marked. */
  readonly marks: Uint8Array;
  /** {@linkcode SLICE_WORDS} for each record, -1 for what it has not. */
  readonly slices: Int32Array;
  /** The slices of one record, in the same memory. */
  fieldsOf(record: number): Int32Array;
  /** Seconds since the epoch; NaN for a record without a time. */
  readonly seconds: Float64Array;
  readonly nanos: Int32Array;
  /** Four words for each record: its key. */
  readonly keys: Int32Array;
  /** Room for a number for each record: those whose lines are wanted. */
  readonly fresh: Int32Array;
  /** For records that are made of these. */
  readonly room: Room;
  /**
   * Puts a record that was made in the room in the place of that one.
   *
   * @param fields start and end of id and time, counted from its own start; -1 for what it has not
   */
  put(record: number, start: number, end: number, fields: Int32Array): void;
}

/** What is free of a batch's memory: `bytes[start, end)`. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The exports of `describe.as.ts`, and what it reads. */
export interface BatchWasm {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly count: { readonly value: number };
  describe(count: number, withTime: boolean): void;
}

// Places in the memory, as in describe.as.ts.
const MOST_RECORDS = 1024;
const RECORDS = 65_536;
const SLICES = 73_728;
const SECONDS = 131_072;
const NANOS = 139_264;
const KEYS = 143_360;
const FRESH = 159_744;
const MARKS = 163_840;
const PATHS = 164_864;
const PATHS_BYTES = 1024;
// Behind what paths.as.ts needs.
const ROOM = 1_310_720;
const ROOM_END = 2_097_152;

/** The batches of a framer, one after the other. @returns what is in the memory now, again and again the same object */
export function createBatches(wasm: BatchWasm, lineBuffer: LineBuffer): () => Batch {
  let batch: Batch | undefined;
  let asked: BatchQuestion | null = null;
  let fits = false;
  function ask(question: BatchQuestion): boolean {
    if (asked !== question) {
      fits = writePaths(new Uint8Array(wasm.memory.buffer, PATHS, PATHS_BYTES), question.paths);
      asked = question;
    }
    if (fits) wasm.describe(wasm.count.value, question.key === "id-and-time");
    return fits;
  }

  function batchOf(views: ReturnType<typeof viewsOf>): Batch {
    const { bytes, bounds, slices } = views;
    return {
      ...views,
      lineBuffer,
      get count() {
        return wasm.count.value;
      },
      startOf: (record) => bounds[2 * record]! & 0x7fffffff,
      endOf: (record) => bounds[2 * record + 1]!,
      isOneLine: (record) => bounds[2 * record]! >= 0,
      fieldsOf: (record) => slices.subarray(record * SLICE_WORDS, (record + 1) * SLICE_WORDS),
      room: { bytes, start: ROOM, end: ROOM_END },
      put(record, start, end, fields) {
        bounds[2 * record] = bounds[2 * record]! & 0x80000000 | start;
        bounds[2 * record + 1] = end;
        fields.forEach((place, i) => slices[record * SLICE_WORDS + i] = place < 0 ? -1 : start + place);
      },
      ask,
    };
  }

  return () => {
    // Memory that grew is another one.
    if (batch?.bytes.buffer !== wasm.memory.buffer) batch = batchOf(viewsOf(wasm));
    return batch;
  };
}

function viewsOf({ memory: { buffer } }: BatchWasm) {
  return {
    bytes: new Uint8Array(buffer),
    bounds: new Int32Array(buffer, RECORDS, 2 * MOST_RECORDS),
    marks: new Uint8Array(buffer, MARKS, MOST_RECORDS),
    slices: new Int32Array(buffer, SLICES, SLICE_WORDS * MOST_RECORDS),
    seconds: new Float64Array(buffer, SECONDS, MOST_RECORDS),
    nanos: new Int32Array(buffer, NANOS, MOST_RECORDS),
    keys: new Int32Array(buffer, KEYS, 4 * MOST_RECORDS),
    fresh: new Int32Array(buffer, FRESH, MOST_RECORDS),
  };
}

/** Writes each path as the length and the bytes of its keys, and a zero behind them; false where they find no room. */
function writePaths(to: Uint8Array, paths: BatchQuestion["paths"]): boolean {
  const encoder = new TextEncoder();
  const bytes = paths.flatMap((path) => {
    const keys = path === null ? [] : path.split("/").map((key) => encoder.encode(key));
    // The length of a key is one byte, and 0 means that no key follows.
    const isPlain = keys.every((key) => key.length > 0 && key.length < 256);
    return isPlain ? [...keys.flatMap((key) => [key.length, ...key]), 0] : Array(PATHS_BYTES + 1).fill(0);
  });
  if (bytes.length > to.length) return false;
  to.set(bytes);
  return true;
}
