import { CLOSE_BRACE } from "./ascii.ts";
import type { Memory } from "./webAssembly.ts";

/** What is the same in every line of a pull. A line is: head, id, `time`, time, `event`, record with `members`, `end`. */
export interface LineParts {
  /** What stands between id, time and record, up to 128 bytes each; `null` when a line has neither id nor time. */
  readonly between: { readonly time: Uint8Array; readonly event: Uint8Array } | null;
  /** Spliced into the record: encoded JSON members, one at least. */
  readonly members: Uint8Array;
  /** Behind the record, with the line feed. */
  readonly end: Uint8Array;
}

/**
 * Lines, assembled in WebAssembly where the records lie: a fifth of what it costs to copy each of their parts out. It
 * belongs to one page, as the framer does.
 */
export interface LineBuffer {
  /** Begins without lines. @param release is called before the memory is another's: what is on the line buffer must leave it. */
  begin(parts: LineParts, release: () => void): void;
  /**
   * Adds the line of a record that the framer just handed out.
   *
   * @param head the same object for the same head
   * @param fields slices of id and time, as a {@linkcode FieldReader} gives them
   * @returns false when there is no room for it
   */
  add(head: Uint8Array, fields: Int32Array, start: number, end: number, oneLine: boolean): boolean;
  /**
   * Adds the lines of the batch's `fresh` from `from` to before `to`.
   *
   * @returns up to which: it needs a head first ({@linkcode LineBuffer.learn}), or there is no room for its line
   */
  addFresh(from: number, to: number): number;
  /**
   * Has the head stand before all lines whose records have the same value in the third field as this one of the batch.
   *
   * @returns false when they have to be added one by one
   */
  learn(record: number, head: Uint8Array): boolean;
  /** Where the records of the page lie. */
  readonly memory: Memory;
  readonly length: number;
  /** The lines; they hold until the next is added or the next bytes are cut. */
  lines(): Uint8Array;
  clear(): void;
}

/** The exports of `lineBuffer.as.ts`. */
export interface LineBufferWasm {
  readonly memory: Memory;
  readonly linesEnd: { readonly value: number };
  beginLines(time: number, event: number, tail: number): void;
  clearLines(): void;
  addLines(from: number, to: number): number;
  learnHead(record: number, head: number, headBytes: number): number;
  addLine(
    head: number,
    headBytes: number,
    idStart: number,
    idEnd: number,
    timeStart: number,
    timeEnd: number,
    start: number,
    end: number,
    breaks: boolean,
  ): number;
}

// Places in the memory, as in lineBuffer.as.ts.
const TIME = 98_304;
const EVENT = 98_432;
const TAIL = 98_560;
const HEADS = 100_352;
const HEADS_END = 114_688;
const LINES = 196_608;

/** A line buffer, and how its owner takes it away from a page, for the next one. */
export interface OwnedLineBuffer {
  readonly lineBuffer: LineBuffer;
  leave(): void;
}

export function createLineBuffer(wasm: LineBufferWasm): OwnedLineBuffer {
  const heads = new Map<Uint8Array, number>();
  let headsEnd = HEADS;
  let release = () => {};
  let fits = false;

  /** Where a head is in the memory; -1 when there is no room. */
  function placeOf(head: Uint8Array): number {
    const known = heads.get(head);
    if (known !== undefined) return known;
    const place = headsEnd + head.length <= HEADS_END ? headsEnd : -1;
    if (place >= 0) {
      new Uint8Array(wasm.memory.buffer).set(head, place);
      headsEnd += head.length;
    }
    heads.set(head, place);
    return place;
  }

  const lineBuffer: LineBuffer = {
    begin({ between, members, end }, releaseLines) {
      release = releaseLines;
      // All that stands instead of the record's closing brace.
      const tail = [...members, CLOSE_BRACE, ...end];
      wasm.beginLines(between?.time.length ?? -1, between?.event.length ?? 0, tail.length);
      fits = (between?.time.length ?? 0) <= EVENT - TIME && (between?.event.length ?? 0) <= TAIL - EVENT &&
        tail.length <= HEADS - TAIL;
      if (!fits) return;
      const memory = new Uint8Array(wasm.memory.buffer);
      if (between !== null) {
        memory.set(between.time, TIME);
        memory.set(between.event, EVENT);
      }
      memory.set(tail, TAIL);
    },
    add(head, fields, start, end, oneLine) {
      const place = placeOf(head);
      if (!fits || place < 0) return false;
      return wasm.addLine(
        place,
        head.length,
        fields[0]!,
        fields[1]!,
        fields[2]!,
        fields[3]!,
        start,
        end,
        !oneLine,
      ) !== 0;
    },
    addFresh: (from, to) => fits ? wasm.addLines(from, to) : from,
    learn(record, head) {
      const place = placeOf(head);
      return place >= 0 && wasm.learnHead(record, place, head.length) !== 0;
    },
    memory: wasm.memory,
    get length() {
      return wasm.linesEnd.value - LINES;
    },
    lines: () => new Uint8Array(wasm.memory.buffer, LINES, wasm.linesEnd.value - LINES),
    clear: () => wasm.clearLines(),
  };
  return {
    lineBuffer,
    leave() {
      release();
      release = () => {};
      wasm.clearLines();
      heads.clear();
      headsEnd = HEADS;
      fits = false;
    },
  };
}
