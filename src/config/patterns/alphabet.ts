/**
 * The alphabet of a pattern: one symbol for all characters that the pattern does not tell apart. A text is searched as
 * symbols, so that what counts as a letter, in which case, and how many units of UTF-16 it has is decided here, by
 * Python's rules, and the automaton only compares.
 *
 * Where a pattern asks for bounds of words, the symbols of word characters are ASCII's own, since those are the ones
 * that RE2 knows. A line feed has the symbol of a line feed only where the pattern's anchors look for it.
 */
import { type Chars, NEWLINE } from "./chars.ts";
import { PatternError } from "./reading.ts";

/** Which line feeds the anchors of a pattern look for. */
export type Lines = "none" | "all" | "last";

/** What an alphabet must tell apart. */
export interface Distinctions {
  readonly sets: readonly Chars[];
  /** Word characters, where the pattern asks for bounds of words. */
  readonly word: Chars | null;
  readonly lines: Lines;
}

/** Symbols for characters. */
export interface Alphabet {
  /** The symbols of the characters in one of `sets`, in order. */
  readonly symbolsOf: (set: Chars) => readonly number[];
  /** How many symbols there are, beside that of the last line feed. */
  readonly size: number;
  /** ASCII has fewer word characters than are told apart: some have other symbols, so RE2 sees no bounds of words. */
  readonly lacksWords: boolean;
  readonly encode: (text: string) => Encoded;
}

/** A text as symbols. */
export interface Encoded {
  readonly symbols: string;
  /** Where the character of a symbol begins in the text. */
  readonly placeOf: (index: number) => number;
}

export const FIRST_SYMBOL = 0x100;
/** Behind these come surrogates, which are no symbols of one unit. */
const LAST_SYMBOL = 0xd7ff;
const LINE_FEED = 10;
const WORD_SYMBOLS = Array.from(
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
  (one) => one.charCodeAt(0),
);

/** @throws PatternError the pattern tells too many characters apart */
export function createAlphabet({ sets, word, lines }: Distinctions): Alphabet {
  const all = [
    ...new Set([...sets, ...(word === null ? [] : [word]), ...(lines === "none" ? [] : [NEWLINE])]),
  ];
  const order = new Map(all.map((set, index) => [set, index]));
  const members = new Map<Chars, number[]>(all.map((set) => [set, []]));
  const symbols = new Map<string, number>();
  const wordSymbols = WORD_SYMBOLS.values();
  let next = FIRST_SYMBOL;
  let lacksWords = false;
  const symbolFor = (holding: readonly Chars[], from: number): number => {
    if (word !== null && holding.includes(word)) {
      const symbol = wordSymbols.next();
      if (!symbol.done) return symbol.value;
      lacksWords = true;
    }
    if (lines === "all" && from === LINE_FEED) return LINE_FEED;
    if (next > LAST_SYMBOL) throw new PatternError("a regular expression that tells fewer characters apart");
    return next++;
  };
  const starts: number[] = [];
  const values: number[] = [];
  for (const [from, holding] of stretches(order)) {
    const key = holding.map((set) => order.get(set)).join();
    let symbol = symbols.get(key);
    if (symbol === undefined) {
      symbol = symbolFor(holding, from);
      symbols.set(key, symbol);
      for (const set of holding) {
        members.get(set)!.push(symbol);
        if (lines === "last" && from === LINE_FEED) members.get(set)!.push(LINE_FEED);
      }
    }
    starts.push(from);
    values.push(symbol);
  }
  return {
    symbolsOf: (set) => members.get(set)!.toSorted((a, b) => a - b),
    size: symbols.size,
    lacksWords,
    encode: encoder(starts, values, lines === "last"),
  };
}

/** From where on which sets hold a character. */
function* stretches(
  order: ReadonlyMap<Chars, number>,
): Generator<readonly [from: number, holding: readonly Chars[]]> {
  const changes = new Map<number, Chars[]>([[0, []]]);
  const change = (at: number, set: Chars) => {
    const others = changes.get(at);
    if (others === undefined) changes.set(at, [set]);
    else others.push(set);
  };
  for (const set of order.keys()) {
    for (let index = 0; index < set.length; index += 2) {
      change(set[index]!, set);
      change(set[index + 1]! + 1, set);
    }
  }
  const holding = new Set<Chars>();
  for (const [from, changing] of [...changes].sort(([a], [b]) => a - b)) {
    for (const set of changing) if (!holding.delete(set)) holding.add(set);
    yield [from, [...holding].sort((a, b) => order.get(a)! - order.get(b)!)];
  }
}

function encoder(starts: readonly number[], values: readonly number[], marksLastLine: boolean) {
  const symbolOf = (code: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= code) low = middle + 1;
      else high = middle;
    }
    return values[low - 1]!;
  };
  const ascii = Uint16Array.from({ length: 128 }, (_, code) => symbolOf(code));
  return (text: string): Encoded => {
    const symbols = new Uint16Array(text.length);
    let places: number[] | null = null;
    let count = 0;
    for (let at = 0; at < text.length; count++) {
      const code = text.codePointAt(at)!;
      symbols[count] = code < 128 ? ascii[code]! : symbolOf(code);
      const size = code > 0xffff ? 2 : 1;
      if (size === 2) places ??= Array.from({ length: at }, (_, index) => index);
      places?.push(at);
      at += size;
    }
    places?.push(text.length);
    if (marksLastLine && text.endsWith("\n")) symbols[count - 1] = LINE_FEED;
    const known = places;
    return {
      symbols: fromUnits(symbols.subarray(0, count)),
      placeOf: known === null ? (index) => index : (index) => known[index]!,
    };
  };
}

/** Units that are few enough for the arguments of one call. */
const PIECE = 8192;

/** A text of units. */
export function fromUnits(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += PIECE) {
    text += String.fromCharCode(...units.subarray(at, at + PIECE));
  }
  return text;
}
