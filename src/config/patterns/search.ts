/** How a tree is searched for in a text: by what RE2 itself knows of places, or else by marks. */
import { type Alphabet, createAlphabet, type Lines } from "./alphabet.ts";
import { createSets, type Sets } from "./chars.ts";
import { createMarkedSearch } from "./marks.ts";
import type { Node, Place } from "./tree.ts";
import { type Condition, rangesOf, type Style, writePattern, writeSymbols } from "./writer.ts";
import type { RegexEngine, TextSearch } from "./engine.ts";

/**
 * Makes trees ready to be searched for.
 *
 * @throws PatternError
 */
export function createSearch(trees: readonly Node[], engine: RegexEngine): (text: string) => TextSearch {
  const sets = createSets();
  const conditions: Condition[] = [];
  for (const tree of trees) collect(tree, sets, conditions);
  const own = ownAlphabet(conditions, sets);
  if (own === null) return createMarkedSearch(trees, sets, engine);
  const style = ownStyle(own, sets);
  const finders = trees.map((tree) => engine(writePattern(tree, style)));
  return (text) => {
    const { symbols, placeOf } = own.encode(text);
    return { length: symbols.length, placeOf, searches: finders.map((find) => find(symbols)) };
  };
}

function collect(node: Node, sets: Sets, conditions: Condition[]): void {
  if (node.kind === "chars") sets.add(node.chars);
  else if (node.kind === "place") conditions.push(node);
  else if (node.kind === "look") {
    conditions.push(node);
    collect(node.node, sets, conditions);
  } else if (node.kind === "repeat") collect(node.node, sets, conditions);
  else for (const one of node.nodes) collect(one, sets, conditions);
}

/**
 * An alphabet in which RE2 sees all places itself; `null` where a pattern looks ahead, asks for two kinds of ends or of
 * word bounds, or knows more word characters than RE2 has.
 */
function ownAlphabet(conditions: readonly Condition[], sets: Sets): Alphabet | null {
  if (conditions.some((one) => one.kind === "look" && one.isAhead)) return null;
  const places = conditions.flatMap((one) => one.kind === "place" ? [one.place] : []);
  const kinds = new Set(places.map(({ kind }) => kind));
  const [word = null, ...otherWords] = new Set(
    places.flatMap((place) => "word" in place ? [place.word] : []),
  );
  const isMultiline = kinds.has("lineStart") || kinds.has("lineEnd");
  if (otherWords.length > 0 || (isMultiline && kinds.has("end"))) return null;
  const lines: Lines = isMultiline ? "all" : kinds.has("end") ? "last" : "none";
  const alphabet = createAlphabet({ sets: sets.all(), word, lines });
  return alphabet.lacksWords ? null : alphabet;
}

const PLACES: Readonly<Record<Place["kind"], string>> = {
  start: "\\A",
  lineStart: "(?m:^)",
  textEnd: "\\z",
  // Of the line feeds, only the one at the end of the text has the symbol of a line feed here.
  end: "(?m:$)",
  lineEnd: "(?m:$)",
  wordBound: "\\b",
  noWordBound: "\\B",
};

function ownStyle(alphabet: Alphabet, sets: Sets): Style {
  const style: Style = {
    chars: (chars) => writeSymbols(rangesOf(alphabet.symbolsOf(sets.get(chars)))),
    condition: (node) =>
      node.kind === "place"
        ? PLACES[node.place.kind]
        : `(?<${node.isNot ? "!" : "="}${writePattern(node.node, style)})`,
  };
  return style;
}
