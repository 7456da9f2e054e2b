import { Buffer } from "node:buffer";
import { type CompiledModule, compileModule, instantiate, type Memory } from "./webAssembly.ts";
import { FRAMER_BASE64, FRAMER_TABLES_BASE64 } from "./framerBytes.ts";
import { type BatchWasm, createBatches } from "./batch.ts";
import type { OnBatch, OnRecord } from "./page.ts";
import { createLineBuffer, type LineBufferWasm } from "./lineBuffer.ts";

/**
 * Cuts the elements of a "value" array apart in WebAssembly, with SIMD: a fifth of what the lexer costs.
 *
 * It knows nothing of the page around the array, and does not say what is wrong with one: where the array ends, and
 * where a byte is wrong, it stops, and the scanner lets the lexer go on from the last place between two records.
 */
export interface Framer {
  /**
   * Takes `bytes[from…]` and hands out the records that they complete, not in place: many at once to `onBatch`, or where
   * that is left out or does not take them, one by one.
   *
   * @returns false when the framer cannot go on, and {@linkcode Framer.leave} has the rest
   */
  push(bytes: Uint8Array, from: number, onRecord: OnRecord, onBatch?: OnBatch): boolean;
  /** How many bytes of an unfinished record it holds. */
  unfinished(): number;
  /** Where the lexer has to go on, and with which bytes. The framer is free for another page. */
  leave(): Rest;
  /** The same where nobody goes on; harmless when it is free already. */
  close(): void;
}

/** What the lexer goes on with. */
export interface Rest {
  readonly state: "firstRecord" | "nextRecord" | "afterRecord";
  readonly bytes: Uint8Array;
}

/** Framers, used again and again: each holds memory that the runtime gives back late. */
export interface Framers {
  /**
   * A framer at the start of an array, of which `bytes` bytes are there; `null` when that is too little to be worth
   * it, when as many as may be are in use, or when the runtime has no SIMD or no memory for it.
   */
  take(bytes: number): Framer | null;
  /** Resolves when a page may be read: as many at once as there may be framers, so that none takes the slow way. */
  pageBegins(): Promise<void>;
  /** To be called once for each page that began, when nothing more of it is read. */
  pageEnds(): void;
}

/** The exports of `framer.as.ts`. */
interface Wasm extends LineBufferWasm, BatchWasm {
  readonly memory: Memory & { grow(pages: number): number };
  readonly state: { readonly value: number };
  readonly open: { value: number };
  readonly reached: { readonly value: number };
  reset(): void;
  cut(from: number, to: number): number;
}

// Places in the memory, and answers of cut(), as in framer.as.ts.
const TABLES = 1024;
const RECORDS = 65_536;
const INPUT = 2_097_152;
const BLOCK_BYTES = 64;
const USED_UP = 0;
const FULL = 1;

const PAGE_BYTES = 65_536;
/** One for each connection there may be; pages beyond wait, for without one a page costs what the lexer costs. */
const MOST_FRAMERS = 64;
/** A framer that a giant record made larger is not used again. */
const KEPT_BYTES = 4 * 1024 * 1024;

const STATES = ["firstRecord", "nextRecord", "afterRecord"] as const;

/**
 * No framer yet: the first page that is worth it compiles them.
 *
 * @param worthBytes An array that comes in pieces shorter than this is left to the lexer. @default 8192
 */
export function createFramers(worthBytes = 8192): Framers {
  const free: Wasm[] = [];
  let module: CompiledModule | null | undefined;
  let used = 0;
  let most = MOST_FRAMERS;
  let pages = 0;
  const waiting: (() => void)[] = [];
  return {
    pageBegins() {
      if (pages === MOST_FRAMERS) return new Promise((resolve) => waiting.push(resolve));
      pages++;
      return Promise.resolve();
    },
    pageEnds() {
      const next = waiting.shift();
      if (next === undefined) pages--;
      else next();
    },
    take(bytes) {
      if (bytes < worthBytes) return null;
      if (module === undefined) module = compileModule(FRAMER_BASE64);
      if (module === null || used >= most) return null;
      const wasm = free.pop() ?? withTables(module);
      if (wasm === null) {
        most = used;
        return null;
      }
      used++;
      return createFramer(wasm, () => {
        used--;
        if (wasm.memory.buffer.byteLength <= KEPT_BYTES) free.push(wasm);
      });
    },
  };
}

function withTables(module: CompiledModule): Wasm | null {
  const wasm = instantiate<Wasm>(module);
  if (wasm === null) return null;
  new Uint8Array(wasm.memory.buffer).set(Buffer.from(FRAMER_TABLES_BASE64, "base64"), TABLES);
  return wasm;
}

function createFramer(wasm: Wasm, release: () => void): Framer {
  wasm.reset();
  const { lineBuffer, leave: leaveLineBuffer } = createLineBuffer(wasm);
  const batch = createBatches(wasm, lineBuffer);
  let bytes = new Uint8Array(wasm.memory.buffer);
  let ends = new Int32Array(wasm.memory.buffer, RECORDS);
  /** The memory holds bytes of the page up to here. */
  let held = INPUT;
  /** The last place between two records; the lexer could go on from here, in this state. */
  let sound = INPUT;
  let soundState: Rest["state"] = "firstRecord";
  /** What came when there was no more room. */
  let beyond: Uint8Array = new Uint8Array(0);
  let closed = false;

  function close(): void {
    if (closed) return;
    closed = true;
    leaveLineBuffer();
    release();
  }

  /** Makes room for so many bytes more; false when the runtime has none. */
  function reserve(more: number): boolean {
    const missing = held + more + BLOCK_BYTES - bytes.length;
    if (missing <= 0) return true;
    try {
      wasm.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      return false;
    }
    bytes = new Uint8Array(wasm.memory.buffer);
    ends = new Int32Array(wasm.memory.buffer, RECORDS);
    return true;
  }

  function handOut(onRecord: OnRecord, onBatch?: OnBatch): void {
    const count = wasm.count.value;
    if (count === 0) return;
    // Who takes a batch may put other records in the places of these.
    const end = ends[2 * count - 1]!;
    if (onBatch?.(batch()) === true) {
      sound = end;
      soundState = "afterRecord";
      return;
    }
    for (let i = 0; i < count; i++) {
      sound = ends[2 * i + 1]!;
      soundState = "afterRecord";
      const start = ends[2 * i]!;
      onRecord(bytes, start & 0x7fffffff, sound, start >= 0, lineBuffer);
    }
  }

  /** Moves an unfinished record to the front. */
  function keep(): void {
    const open = wasm.open.value;
    if (open === 0) {
      held = sound = INPUT;
      soundState = STATES[wasm.state.value]!;
      return;
    }
    // Once there it stays, or a long record in short pieces would be moved again and again.
    if (open !== INPUT) bytes.copyWithin(INPUT, open, held);
    held -= open - INPUT;
    wasm.open.value = sound = INPUT;
    if (soundState === "afterRecord") soundState = "nextRecord";
  }

  return {
    push(chunk, from, onRecord, onBatch) {
      const start = held;
      const more = from === 0 ? chunk : chunk.subarray(from);
      if (!reserve(more.length)) {
        beyond = more;
        return false;
      }
      bytes.set(more, held);
      held += more.length;
      let result = wasm.cut(start, held);
      handOut(onRecord, onBatch);
      while (result === FULL) {
        result = wasm.cut(wasm.reached.value, held);
        handOut(onRecord, onBatch);
      }
      if (result !== USED_UP) return false;
      keep();
      return true;
    },
    unfinished: () => held - sound,
    leave() {
      const rest = new Uint8Array(held - sound + beyond.length);
      rest.set(bytes.subarray(sound, held));
      rest.set(beyond, held - sound);
      close();
      return { state: soundState, bytes: rest };
    },
    close,
  };
}
