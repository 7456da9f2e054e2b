import { type CompiledModule, compileModule, instantiate, type Memory } from "../../json/webAssembly.ts";
import { KEY_WORDS, type KeyTable } from "./keyTable.ts";
import { ORDERED_TABLE_BASE64 } from "./orderedTableBytes.ts";

/** The exports of `orderedTable.as.ts`. */
interface Wasm {
  readonly memory: Memory;
  readonly size: { readonly value: number };
  readonly slots: { readonly value: number };
  begin(slots: number): number;
  addAll(count: number): number;
  has(): number;
  remove(): number;
  collect(count: number): number;
  arrange(region: number): number;
}

// Places in its memory, as in orderedTable.as.ts.
const MOST_KEYS = 1024;
const FRESH = 16_384;
const SLOTS = 65_536;
const REGIONS = 256;
const TAIL = 128;

/** Of the slots of a table that is made for a number of keys. A little below the limit, so that a few more find room. */
const USED = 0.75;

/** Hands over keys in runs, in words, `from` to before `to`. */
export type Feed = (append: (words: Int32Array, from: number, to: number) => void) => void;

/**
 * Makes tables in WebAssembly, where many keys cost a third of what they cost in arrays: they are in order, so that growing
 * is one pass in their place.
 *
 * `null` where there is no memory for one: each reserves gigabytes of addresses, so it is for many keys.
 */
export interface OrderedTables {
  /** An empty one, with room for `expected` keys. */
  create(expected: number): KeyTable | null;
  /**
   * One of many keys at once.
   *
   * @param expected how many keys at most; more are taken, only slower
   */
  build(expected: number, feed: Feed): KeyTable | null;
}

export function createOrderedTables(): OrderedTables {
  let module: CompiledModule | null | undefined;

  function begin(expected: number): Wasm | null {
    if (module === undefined) module = compileModule(ORDERED_TABLE_BASE64);
    const wasm = module === null ? null : instantiate<Wasm>(module);
    // Not to be asked again: it takes a runtime a fifth of a second to find that it has no addresses left.
    if (wasm === null) module = null;
    return wasm !== null && wasm.begin(Math.ceil(expected / USED)) ? wasm : null;
  }
  return {
    create(expected) {
      const wasm = begin(expected);
      return wasm && tableOf(wasm);
    },
    build(expected, feed) {
      const wasm = begin(expected);
      return wasm && builtOf(wasm, feed);
    },
  };
}

function builtOf(wasm: Wasm, feed: Feed): KeyTable {
  const { keys } = viewsOf(wasm.memory);
  /** Those that found no room. */
  const late: Int32Array[] = [];
  feed((words, from, to) => {
    for (let at = from; at < to; at += keys.length) {
      keys.set(words.subarray(at, Math.min(to, at + keys.length)));
      const left = wasm.collect(Math.min(to - at, keys.length) / KEY_WORDS);
      if (left > 0) late.push(keys.slice(0, left * KEY_WORDS));
    }
  });
  for (let region = REGIONS - 1; region >= 0; region--) {
    const left = wasm.arrange(region);
    if (left < 0) throw noMemory(wasm);
    const aside = SLOTS + (wasm.slots.value + TAIL) * KEY_WORDS * 4;
    if (left > 0) late.push(new Int32Array(wasm.memory.buffer, aside, left * KEY_WORDS).slice());
  }
  const table = tableOf(wasm);
  for (const words of late) {
    for (let at = 0; at < words.length; at += KEY_WORDS) table.add(words, at);
  }
  return table;
}

function noMemory({ size }: Wasm): RangeError {
  return new RangeError(`No memory for more than ${size.value} record keys`);
}

function tableOf(wasm: Wasm): KeyTable {
  let seen = viewsOf(wasm.memory);
  /** Memory that grew is another one. */
  function views(): ReturnType<typeof viewsOf> {
    if (seen.keys.buffer !== wasm.memory.buffer) seen = viewsOf(wasm.memory);
    return seen;
  }

  function put(words: Int32Array, from: number, to: number): number {
    views().keys.set(words.subarray(from, to));
    const found = wasm.addAll((to - from) / KEY_WORDS);
    if (found < 0) throw noMemory(wasm);
    return found;
  }

  function hold(words: Int32Array, at: number): void {
    const { keys } = views();
    for (let i = 0; i < KEY_WORDS; i++) keys[i] = words[at + i]!;
  }

  return {
    get size() {
      return wasm.size.value;
    },
    get byteLength() {
      return wasm.memory.buffer.byteLength;
    },
    get slots() {
      return new Int32Array(wasm.memory.buffer, SLOTS, (wasm.slots.value + TAIL) * KEY_WORDS);
    },
    has(words, at) {
      hold(words, at);
      return wasm.has() !== 0;
    },
    add: (words, at) => put(words, at, at + KEY_WORDS) === 1,
    addAll(words, count, fresh) {
      let found = 0;
      for (let first = 0; first < count; first += MOST_KEYS) {
        const more = put(words, first * KEY_WORDS, Math.min(count, first + MOST_KEYS) * KEY_WORDS);
        const { fresh: numbers } = views();
        for (let i = 0; i < more; i++) fresh[found++] = first + numbers[i]!;
      }
      return found;
    },
    remove(words, at) {
      hold(words, at);
      return wasm.remove() !== 0;
    },
  };
}

function viewsOf({ buffer }: Memory) {
  return {
    keys: new Int32Array(buffer, 0, MOST_KEYS * KEY_WORDS),
    fresh: new Int32Array(buffer, FRESH, MOST_KEYS),
  };
}
