/** What a pattern means: its parts with all flags applied, and without anything that only Python's syntax knows. */
import { type CharRules, charsOf, kindsOf } from "./case.ts";
import type { CharFacts, Chars } from "./chars.ts";
import { type Item, PatternError, type Syntax } from "./reading.ts";

/** A place between two characters. */
export type Place =
  | { readonly kind: "start" | "lineStart" | "textEnd" | "lineEnd" }
  /** The end of the text, or before a line feed that ends it: `$`. */
  | { readonly kind: "end" }
  | { readonly kind: "wordBound" | "noWordBound"; readonly word: Chars };

/** A tree of these takes what backtracking takes: branches in their order, repetitions as long or as short as they say. */
export type Node =
  | { readonly kind: "chars"; readonly chars: Chars }
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "look"; readonly isAhead: boolean; readonly isNot: boolean; readonly node: Node }
  | { readonly kind: "sequence"; readonly nodes: readonly Node[] }
  | { readonly kind: "branches"; readonly nodes: readonly Node[] }
  | {
    readonly kind: "repeat";
    readonly node: Node;
    readonly min: number;
    /** `Infinity` for no end. */
    readonly max: number;
    readonly isLazy: boolean;
  };

/** Takes nothing, anywhere. */
export const EMPTY: Node = { kind: "sequence", nodes: [] };

/**
 * The meaning of what was read.
 *
 * @throws PatternError
 */
export function treeOf({ items, flags }: Syntax, facts: CharFacts): Node {
  return sequenceOf(items, { facts, flags });
}

/** A sequence without sequences in it. */
export function sequence(nodes: readonly Node[]): Node {
  const flat = nodes.flatMap((node) => node.kind === "sequence" ? node.nodes : [node]);
  return flat.length === 1 ? flat[0]! : { kind: "sequence", nodes: flat };
}

/** Branches, or the one there is. */
export function branches(nodes: readonly Node[]): Node {
  return nodes.length === 1 ? nodes[0]! : { kind: "branches", nodes };
}

/** The largest {@linkcode sizeOf} a tree; a search keeps some bytes for each character. */
const LARGEST = 50_000;

/** @throws PatternError a tree is too large to be searched for */
export function checkSize(node: Node): Node {
  if (sizeOf(node) <= LARGEST) return node;
  throw new PatternError(
    `a regular expression of at most ${LARGEST} characters when its repetitions are written out; ` +
      "write * or + in the place of large numbers",
  );
}

/** Characters of a pattern when all repetitions are written out. */
export function sizeOf(node: Node): number {
  if (node.kind === "chars" || node.kind === "place") return 1;
  if (node.kind === "look") return sizeOf(node.node);
  if (node.kind !== "repeat") return node.nodes.reduce((sum, one) => sum + sizeOf(one), 1);
  return sizeOf(node.node) * Math.max(1, node.max === Infinity ? node.min : node.max);
}

/** Whether a node can take no character. */
export function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case "chars":
      return false;
    case "place":
    case "look":
      return true;
    case "sequence":
      return node.nodes.every(mayBeEmpty);
    case "branches":
      return node.nodes.some(mayBeEmpty);
    case "repeat":
      return node.min === 0 || mayBeEmpty(node.node);
  }
}

/** Whether the empty text matches. In it Python finds neither a bound of words nor a place without one. */
export function matchesEmptyText(node: Node): boolean {
  switch (node.kind) {
    case "chars":
      return false;
    case "place":
      return node.place.kind !== "wordBound" && node.place.kind !== "noWordBound";
    case "look":
      return matchesEmptyText(node.node) !== node.isNot;
    case "sequence":
      return node.nodes.every(matchesEmptyText);
    case "branches":
      return node.nodes.some(matchesEmptyText);
    case "repeat":
      return node.min === 0 || matchesEmptyText(node.node);
  }
}

function sequenceOf(items: readonly Item[], rules: CharRules): Node {
  return sequence(items.map((item) => nodeOf(item, rules)));
}

function nodeOf(item: Item, rules: CharRules): Node {
  switch (item.kind) {
    case "letter":
    case "set":
    case "any":
      return { kind: "chars", chars: charsOf(item, rules) };
    case "at":
      return { kind: "place", place: placeOf(item.at, rules) };
    case "branches":
      return branches(item.branches.map((branch) => sequenceOf(branch, rules)));
    case "group":
      return sequenceOf(item.items, { ...rules, flags: changed(rules.flags, item.on, item.off) });
    case "repeat":
      // What Python's own template flag does: it knows no repetition.
      if (rules.flags.has("t")) {
        throw new PatternError("a regular expression of Python 3.9: (?t) takes no repetition");
      }
      return { ...item, node: sequenceOf(item.items, rules) };
    case "look":
      return lookOf(item, rules);
  }
}

function placeOf(at: Extract<Item, { kind: "at" }>["at"], rules: CharRules): Place {
  const isMultiline = rules.flags.has("m");
  if (at === "b") return { kind: "wordBound", word: kindsOf(rules).word() };
  if (at === "B") return { kind: "noWordBound", word: kindsOf(rules).word() };
  if (at === "A") return { kind: "start" };
  if (at === "Z") return { kind: "textEnd" };
  if (at === "^") return { kind: isMultiline ? "lineStart" : "start" };
  return { kind: isMultiline ? "lineEnd" : "end" };
}

function changed(flags: ReadonlySet<string>, on: string, off: string): ReadonlySet<string> {
  // What a letter is, is said by one flag at a time.
  const others = [...flags].filter((flag) =>
    !off.includes(flag) && !(/[aLu]/.test(on) && "aLu".includes(flag))
  );
  return new Set([...others, ...on]);
}

function lookOf(item: Extract<Item, { kind: "look" }>, rules: CharRules): Node {
  const [least, most] = widthOf(item.items);
  if (!item.isAhead && least !== most) {
    throw new PatternError("a regular expression of Python 3.9: look-behind requires fixed-width pattern");
  }
  return { kind: "look", isAhead: item.isAhead, isNot: item.isNot, node: sequenceOf(item.items, rules) };
}

/** How many characters items take, at least and at most. */
function widthOf(items: readonly Item[]): readonly [number, number] {
  const widths = items.map((item): readonly [number, number] => {
    if (item.kind === "at" || item.kind === "look") return [0, 0];
    if (item.kind === "group") return widthOf(item.items);
    if (item.kind === "branches") {
      const all = item.branches.map(widthOf);
      return [Math.min(...all.map(([least]) => least)), Math.max(...all.map(([, most]) => most))];
    }
    if (item.kind !== "repeat") return [1, 1];
    const [least, most] = widthOf(item.items);
    return [least * item.min, most === 0 ? 0 : most * item.max];
  });
  return widths.reduce(([a, b], [least, most]) => [a + least, b + most], [0, 0]);
}
