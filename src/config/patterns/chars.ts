/** Sets of characters. */
import { DIGIT, LOWER, SAME_CAPITAL, SPACE, UPPER, WORD } from "./unicode.ts";

/** Code points as ranges, first and last by turns, in order and without touching one another. */
export type Chars = readonly number[];

const LAST = 0x10ffff;
export const ALL: Chars = [0, LAST];
export const NEWLINE: Chars = [10, 10];
const ASCII_WORD: Chars = [48, 57, 65, 90, 95, 95, 97, 122];
const ASCII_DIGIT: Chars = [48, 57];
const ASCII_SPACE: Chars = [9, 13, 32, 32];

/** Joins sets. */
export function unite(sets: readonly Chars[]): Chars {
  if (sets.length === 1) return sets[0]!;
  const starts: { readonly from: number; readonly to: number }[] = [];
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) {
      starts.push({ from: set[index]!, to: set[index + 1]! });
    }
  }
  starts.sort((a, b) => a.from - b.from);
  const united: number[] = [];
  let last = -2;
  for (const { from, to } of starts) {
    if (from > last + 1) united.push(from, to);
    else if (to > last) united[united.length - 1] = to;
    last = Math.max(last, to);
  }
  return united;
}

/** Every character that is not in a set. */
export function negate(set: Chars): Chars {
  const others: number[] = [];
  let next = 0;
  for (let index = 0; index < set.length; index += 2) {
    if (set[index]! > next) others.push(next, set[index]! - 1);
    next = set[index + 1]! + 1;
  }
  if (next <= LAST) others.push(next, LAST);
  return others;
}

/** Whether a character is in a set. */
export function has(set: Chars, code: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]! <= code) low = middle + 1;
    else high = middle;
  }
  // Behind the first of a range, or on the last.
  return low % 2 === 1 || (low > 0 && set[low - 1] === code);
}

/** Sets in use, and for each the one that stands for all with its characters. */
export interface Sets {
  readonly add: (chars: Chars) => void;
  readonly get: (chars: Chars) => Chars;
  readonly all: () => readonly Chars[];
}

/** No sets yet. */
export function createSets(): Sets {
  const known = new Map<Chars, Chars>();
  const byText = new Map<string, Chars>();
  return {
    add(chars) {
      if (known.has(chars)) return;
      const text = chars.join();
      const same = byText.get(text) ?? chars;
      byText.set(text, same);
      known.set(chars, same);
    },
    get: (chars) => known.get(chars)!,
    all: () => [...byText.values()],
  };
}

/** What Python 3.9 knows of characters. */
export interface CharFacts {
  readonly unicode: CharKinds;
  readonly ascii: CharKinds;
  /** Each small letter with its capital, whatever a pattern's flags. */
  readonly capitals: () => ReadonlyMap<number, number>;
}

/** Classes and case, over all characters or over ASCII alone. */
export interface CharKinds {
  readonly word: () => Chars;
  readonly digit: () => Chars;
  readonly space: () => Chars;
  /** Each capital with its small letter. */
  readonly lower: () => ReadonlyMap<number, number>;
  readonly hasCase: (code: number) => boolean;
  /** Small letters that have the same capital as this one. */
  readonly twins: (code: number) => readonly number[];
  readonly allTwins: () => readonly (readonly number[])[];
  /** What was made for a letter before, or else is made now. */
  readonly folded: (code: number, make: () => Chars) => Chars;
}

/** The tables are unpacked when they are asked for the first time. */
export function createCharFacts(): CharFacts {
  const lower = once(() => readMapping(LOWER));
  const upper = once(() => readMapping(UPPER));
  const twins = once(() => new Map(SAME_CAPITAL.flatMap((same) => same.map((one) => [one, same] as const))));
  const asciiLower = once(() => new Map(Array.from({ length: 26 }, (_, index) => [65 + index, 97 + index])));
  return {
    capitals: upper,
    unicode: {
      word: once(() => readRanges(WORD)),
      digit: once(() => readRanges(DIGIT)),
      space: once(() => readRanges(SPACE)),
      lower,
      hasCase: (code) => lower().has(code) || upper().has(code),
      twins: (code) => twins().get(code) ?? [],
      allTwins: () => SAME_CAPITAL,
      folded: remembering(),
    },
    ascii: {
      word: () => ASCII_WORD,
      digit: () => ASCII_DIGIT,
      space: () => ASCII_SPACE,
      lower: asciiLower,
      hasCase: (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122),
      twins: () => [],
      allTwins: () => [],
      folded: remembering(),
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function remembering(): CharKinds["folded"] {
  const known = new Map<number, Chars>();
  return (code, make) => {
    const chars = known.get(code) ?? make();
    known.set(code, chars);
    return chars;
  };
}

function numbers(packed: string): number[] {
  return packed.split(" ").map((word) => Number.parseInt(word, 36));
}

function readRanges(packed: string): Chars {
  const ranges: number[] = [];
  const words = numbers(packed);
  for (let index = 0; index < words.length; index += 2) {
    const from = (ranges.at(-1) ?? -1) + words[index]!;
    ranges.push(from, from + words[index + 1]!);
  }
  return ranges;
}

function readMapping(packed: string): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  const words = numbers(packed);
  let code = 0;
  for (let index = 0; index < words.length; index += 4) {
    const [gap, more, step, distance] = words.slice(index, index + 4) as [number, number, number, number];
    code += gap;
    for (let left = more; left >= 0; left--) {
      map.set(code, code + distance);
      if (left > 0) code += step;
    }
  }
  return map;
}
