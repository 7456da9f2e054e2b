/**
 * What stands at given paths in a record, found in WebAssembly where the record lies: in the memory of its page's framer.
 * A record that holds none of their keys is known by its bytes, and not walked.
 */
import { PATHS_BASE64 } from "./pathsBytes.ts";
import { type CompiledModule, compileModule, instantiate, type Memory } from "./webAssembly.ts";

/** Keys from the top of a record down; `null` is every key of an object, and every element of an array. */
export type Path = readonly (string | null)[];

/** Paths as they are looked for, see {@linkcode pathTable}. */
export interface PathTable {
  readonly texts: Uint8Array;
  readonly levels: Uint8Array;
}

/** Finds what stands at the paths in records of one page. */
export interface PathFinder {
  /**
   * Finds each value that is a text, a number, true or false, and that a path ends at, or ended above.
   *
   * @returns how many; -1 for a record that has to be read in another way: it is nested deeply, has a key with an escape
   * in it, or more such values than there is room for
   */
  find(start: number, end: number): number;
  /** Whether there may be such a value in any of the records that lie in [start, end). */
  mayFind(start: number, end: number): boolean;
  /** {@linkcode FOUND_WORDS} for each value found, in their order: start, end, and a bit for each path. It holds until the next call. */
  found(): Int32Array;
}

export const FOUND_WORDS = 3;

/** Finders for all pages; `null` where the runtime has no SIMD. */
export type PathFinders = (memory: Memory, table: PathTable) => PathFinder | null;

/** The exports of `paths.as.ts`. */
interface Wasm {
  find(start: number, end: number): number;
  lastKey(start: number, end: number): number;
}

// Places in the memory, as in paths.as.ts.
const TEXTS = 1_245_184;
const LEVELS = 1_245_440;
const FOUND = 1_261_568;
const LEVEL_WORDS = 5;
const MOST_PATHS = 32;
const MOST_KEYS = 16;
/** Each costs a look at the whole record. Beyond so many, to walk it is cheaper. */
const MOST_TEXTS = 8;

/** Any key can be written like this, letter by letter. */
const ESCAPED_ASCII = "\\u00";

const encoder = new TextEncoder();

/** Finders compile at the first page that asks for one. */
export function createPathFinders(): PathFinders {
  const instances = new WeakMap<Memory, Wasm>();
  let module: CompiledModule | null | undefined;
  return (memory, table) => {
    if (module === undefined) module = compileModule(PATHS_BASE64);
    if (module === null) return null;
    const wasm = instances.get(memory) ?? instantiate<Wasm>(module, memory);
    if (wasm === null) return null;
    instances.set(memory, wasm);
    // Another stream's page may have lain here.
    new Uint8Array(memory.buffer).set(table.texts, TEXTS);
    new Uint8Array(memory.buffer).set(table.levels, LEVELS);
    let found = new Int32Array(memory.buffer, FOUND);
    return {
      find: wasm.find,
      mayFind: (start, end) => wasm.lastKey(start, end) !== 0,
      found() {
        // Memory that grew is another one.
        if (found.buffer !== memory.buffer) found = new Int32Array(memory.buffer, FOUND);
        return found;
      },
    };
  };
}

/** `null` for more paths, or longer ones, than there is room for. */
export function pathTable(paths: readonly Path[]): PathTable | null {
  if (paths.length > MOST_PATHS || paths.some((path) => path.length > MOST_KEYS)) return null;
  const levels = levelsOf(paths);
  const texts = textsOf(paths);
  const keyWords = 3;
  const room = new Uint8Array(FOUND - LEVELS);
  const words = new Uint32Array(room.buffer);
  let word = levels.length * LEVEL_WORDS;
  let end = 4 * (word + keyWords * levels.reduce((sum, { keys }) => sum + keys.size, 0));

  /** Lays a text behind the others. @returns its place in the memory, and its length */
  function lay(text: string): [number, number] {
    const bytes = encoder.encode(text);
    const place = end;
    end += bytes.length;
    if (end <= room.length) room.set(bytes, place);
    return [LEVELS + place, bytes.length];
  }

  if (end > room.length) return null;
  levels.forEach(({ onAnyKey, ended, unnamed, keys }, depth) => {
    words.set([onAnyKey, ended, unnamed, LEVELS + 4 * word, keys.size], depth * LEVEL_WORDS);
    for (const [key, bits] of keys) {
      words.set([...lay(key), bits], word);
      word += keyWords;
    }
  });
  const search = new Uint32Array([texts.length, ...texts.flatMap(lay)]);
  return end <= room.length ? { texts: new Uint8Array(search.buffer), levels: room.slice(0, end) } : null;
}

/** What a depth means to each path, as bits. */
interface Level {
  /** They lead on below any key. */
  onAnyKey: number;
  ended: number;
  /** They name no key from here on. */
  unnamed: number;
  readonly keys: Map<string, number>;
}

function levelsOf(paths: readonly Path[]): Level[] {
  return Array.from({ length: MOST_KEYS + 1 }, (_, depth) => {
    const level: Level = { onAnyKey: 0, ended: 0, unnamed: 0, keys: new Map() };
    paths.forEach((path, index) => {
      const bit = 1 << index;
      const key = path[depth];
      if (path.length <= depth) level.ended |= bit;
      if (path.slice(depth).every((step) => step === null)) level.unnamed |= bit;
      if (typeof key === "string") level.keys.set(key, (level.keys.get(key) ?? 0) | bit);
      else level.onAnyKey |= bit;
    });
    return level;
  });
}

/** One of these is in every record that holds something at a path; none when that cannot be said. */
function textsOf(paths: readonly Path[]): string[] {
  const keys = new Set(paths.map((path) => path.findLast((key) => key !== null)));
  const plain = [...keys].filter((key) => typeof key === "string" && isPlain(key));
  if (plain.length < keys.size || plain.length >= MOST_TEXTS) return [];
  return [ESCAPED_ASCII, ...plain.map((key) => `"${key}"`)];
}

/** Whether a key has one form only beside that with escapes of its letters: printable ASCII that JSON never escapes. */
function isPlain(key: string): boolean {
  return /^[ -~]*$/.test(key) && !/["\\/]/.test(key);
}
