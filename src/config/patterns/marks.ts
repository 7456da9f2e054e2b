/**
 * Marks: for each place of a text, which conditions of the pattern hold there. The symbol of a character has them for
 * the place behind it, so that a look at one symbol back, which RE2 can do, tells them. Before the text stands a symbol
 * that is no character, with the marks of the start.
 *
 * Whether a look ahead holds is found once for all places, by going through the text from its end: the reversed look
 * is then one behind. So the time grows with the text, whatever is looked for how far ahead.
 */
import { createAlphabet, FIRST_SYMBOL, fromUnits } from "./alphabet.ts";
import { type Chars, has, type Sets, unite } from "./chars.ts";
import { type Node, type Place, sequence } from "./tree.ts";
import { PatternError } from "./reading.ts";
import { type Condition, type Style, writePattern, writeSymbols } from "./writer.ts";
import type { RegexEngine, Search, TextSearch } from "./engine.ts";

/** Symbols times combinations of marks. */
const MOST_SYMBOLS = 20_000;
const LINE_FEED = 10;

/** Finds where one condition holds, in the order of a search. */
type Marker = (text: MarkedText) => Iterable<number>;

/** What is known of a text. */
interface MarkedText {
  readonly codes: readonly number[];
  /** Symbols of the characters, without marks. */
  readonly symbols: string;
  /** For each place, a bit for each condition that is known to hold. */
  readonly marks: Uint32Array;
}

/** As `createSearch`, for any pattern. */
export function createMarkedSearch(
  trees: readonly Node[],
  sets: Sets,
  engine: RegexEngine,
): (text: string) => TextSearch {
  const conditions: Condition[] = [];
  for (const tree of trees) collect(tree, false, conditions);
  const alphabet = createAlphabet({ sets: sets.all(), word: null, lines: "none" });
  const bits = conditions.length;
  if ((alphabet.size + 1) * 2 ** bits > MOST_SYMBOLS) {
    throw new PatternError(
      "a regular expression with fewer different looks ahead, \\b, ^ and $; make several of it",
    );
  }
  const style: Style = {
    chars: (chars) => writeSymbols(unite([[], ...alphabet.symbolsOf(sets.get(chars)).map(withAnyMarks)])),
    condition: (node) => {
      const bit = conditions.findIndex((one) => isSame(one, node));
      if (bit >= 0) return marked(bit, node.kind === "look" && node.isNot);
      // Only a look behind in a search forward is no mark.
      return node.kind === "look" ? `(?<${node.isNot ? "!" : "="}${writePattern(node.node, style)})` : "";
    },
  };
  const withAnyMarks = (symbol: number): Chars => {
    const first = FIRST_SYMBOL + ((symbol - FIRST_SYMBOL + 1) << bits);
    return [first, first + 2 ** bits - 1];
  };
  const marked = (bit: number, isNot: boolean): string => {
    const holding = Array.from({ length: (alphabet.size + 1) << bits }, (_, index) => index)
      .filter((index) => ((index >> bit) & 1) === (isNot ? 0 : 1)).map((index) => FIRST_SYMBOL + index);
    return `(?<=${writeSymbols(unite(holding.map((one) => [one, one])))})`;
  };
  const markers = conditions.map((condition): Marker => {
    if (condition.kind === "place") return ({ codes }) => placesOf(codes, condition.place);
    const { isAhead, node } = condition;
    const tree = isAhead ? reversed(node) : node;
    const find = engine(`(?<=${writePattern(tree, style)})`);
    return (text) => ends(find(symbolsOf(text, isAhead, bits)), text.codes.length, isAhead);
  });
  const finders = trees.map((tree) => engine(writePattern(tree, style)));
  return (source) => {
    const { symbols, placeOf } = alphabet.encode(source);
    const text = {
      symbols,
      codes: Array.from(source, (one) => one.codePointAt(0)!),
      marks: new Uint32Array(symbols.length + 1),
    };
    for (const [bit, mark] of markers.entries()) {
      for (const place of mark(text)) text.marks[place]! |= 1 << bit;
    }
    const forward = symbolsOf(text, false, bits);
    return { length: symbols.length, placeOf, searches: finders.map((find) => behindFirst(find(forward))) };
  };
}

/** Conditions that become marks, those that others need before them. */
function collect(node: Node, isBackward: boolean, conditions: Condition[]): void {
  if (node.kind === "chars") return;
  if (node.kind === "repeat") return collect(node.node, isBackward, conditions);
  if (node.kind === "sequence" || node.kind === "branches") {
    for (const one of node.nodes) collect(one, isBackward, conditions);
    return;
  }
  if (node.kind === "look") collect(node.node, node.isAhead, conditions);
  const isMark = node.kind === "place" || node.isAhead || isBackward;
  if (isMark && !conditions.some((one) => isSame(one, node))) conditions.push(node);
}

function isSame(one: Condition, other: Condition): boolean {
  if (one.kind === "look" || other.kind === "look") return one === other;
  const words = [one.place, other.place].map((place) => "word" in place ? place.word : null);
  return one.place.kind === other.place.kind && words[0] === words[1];
}

/** What takes the same characters from the last to the first. */
function reversed(node: Node): Node {
  switch (node.kind) {
    case "sequence":
      return sequence(node.nodes.toReversed().map(reversed));
    case "branches":
      return { ...node, nodes: node.nodes.map(reversed) };
    case "repeat":
      return { ...node, node: reversed(node.node) };
    default:
      return node;
  }
}

function* placesOf(codes: readonly number[], place: Place): Generator<number> {
  const last = codes.length;
  const isWord = (index: number) =>
    "word" in place && index >= 0 && index < last && has(place.word, codes[index]!);
  const holds: Record<Place["kind"], (at: number) => boolean> = {
    start: (at) => at === 0,
    lineStart: (at) => at === 0 || codes[at - 1] === LINE_FEED,
    textEnd: (at) => at === last,
    lineEnd: (at) => at === last || codes[at] === LINE_FEED,
    end: (at) => at === last || (at === last - 1 && codes[at] === LINE_FEED),
    wordBound: (at) => isWord(at - 1) !== isWord(at),
    noWordBound: (at) => isWord(at - 1) === isWord(at),
  };
  for (let at = 0; at <= last; at++) if (holds[place.kind](at)) yield at;
}

/** A text with its marks; from the end, each character has those of the place before it. */
function symbolsOf({ symbols, marks }: MarkedText, isBackward: boolean, bits: number): string {
  const last = symbols.length;
  const units = new Uint16Array(last + 1);
  for (let index = 0; index <= last; index++) {
    const at = isBackward ? last - index : index;
    const symbol = index === 0 ? 0 : symbols.charCodeAt(isBackward ? at : at - 1) - FIRST_SYMBOL + 1;
    units[index] = FIRST_SYMBOL + (symbol << bits) + marks[at]!;
  }
  return fromUnits(units);
}

/** Everywhere that a search finds nothing but its condition. */
function* ends(search: Search, length: number, isBackward: boolean): Generator<number> {
  for (let from = 1; from <= length + 1; from++) {
    const found = search(from);
    if (found === null) return;
    from = found[0];
    yield isBackward ? length + 1 - from : from - 1;
  }
}

function behindFirst(search: Search): Search {
  return (from) => {
    const found = search(from + 1);
    return found === null ? null : [found[0] - 1, found[1] - 1];
  };
}
