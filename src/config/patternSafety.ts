/**
 * Whether a regular expression can take forever. JavaScript's engine goes back and tries again, and on a record that
 * somebody else wrote it must not do so exponentially often: nothing could stop it. What is refused here is more than
 * what is dangerous; a pattern can always be written without it.
 */
import { type Chars, parsePattern, type Piece } from "./patternTree.ts";

type Branches = readonly (readonly Piece[])[];

/** Repetitions up to this number are written out, as it were: they explode only where what is written out does. */
const FEW = 10;

/** What makes a pattern unsafe; `null` when nothing does. The pattern must be one that `RegExp` accepts. */
export function explosivePart(source: string): string | null {
  return unsafePart(parsePattern(source), 1);
}

/** @param times how often the groups around it may repeat this part, together */
function unsafePart(branches: Branches, times: number): string | null {
  for (const sequence of branches) {
    const neighbours = overlappingNeighbours(sequence);
    if (neighbours) return "two repetitions of the same characters in a row";
    for (const { node, max } of sequence) {
      if (node.kind === "chars") continue;
      const inner = unsafePart(node.branches, times * max);
      if (inner !== null) return inner;
      if (times * max <= FEW) {
        if (max > 1 && followsItself(node.branches)) return "two repetitions of the same characters in a row";
        continue;
      }
      if (node.branches.some((branch) => firstOf(branch).mayBeEmpty)) {
        return "a repeated group that may be empty";
      }
      if (node.branches.some(repeatsAmbiguously)) return "a repetition inside a repeated group";
      const firsts = node.branches.map((branch) => firstOf(branch).chars);
      if (firsts.some((one, index) => firsts.slice(0, index).some((other) => (one & other) !== 0n))) {
        return "a repeated choice whose branches begin alike";
      }
    }
  }
  return null;
}

/** Whether two rounds of a group, written one behind the other, have endless repetitions that overlap. */
function followsItself(branches: Branches): boolean {
  return branches.some((one) => branches.some((other) => overlappingNeighbours([...one, ...other])));
}

/** A varying repetition in a repeated branch is harmless only when a character that is none of it ends each round. */
function repeatsAmbiguously(branch: readonly Piece[]): boolean {
  const varying = branch.filter(varies);
  if (varying.length === 0) return false;
  const inside = varying.reduce((chars, piece) => chars | charsOf(piece), 0n);
  const ends = [branch[0], branch.at(-1)];
  return !ends.some((piece) =>
    piece !== undefined && piece.node.kind === "chars" && piece.min === 1 && piece.max === 1 &&
    (piece.node.chars & inside) === 0n
  );
}

function varies({ node, min, max }: Piece): boolean {
  return min !== max || (node.kind === "group" && node.branches.some((branch) => branch.some(varies)));
}

/** Where one endless repetition ends and the next begins could be told in as many ways as there are letters. */
function overlappingNeighbours(sequence: readonly Piece[]): boolean {
  let open: Chars = 0n;
  for (const piece of sequence) {
    if (piece.node.kind === "nothing") continue;
    const chars = charsOf(piece);
    if (isEndless(piece)) {
      if ((open & chars) !== 0n) return true;
      const last = lastOf(piece);
      open = piece.min === 0 ? open | last : last;
    } else if (piece.min > 0 && (chars & open) === 0n) open = 0n;
  }
  return false;
}

function isEndless({ node, min, max }: Piece): boolean {
  return max - min > FEW ||
    (node.kind === "group" && node.branches.some((branch) => branch.some(isEndless)));
}

/** The characters that a piece ends with, where each of its branches ends with a fixed one; else all of its own. */
function lastOf(piece: Piece): Chars {
  if (piece.node.kind !== "group") return charsOf(piece);
  const lasts = piece.node.branches.map((branch) => branch.at(-1));
  return lasts.every((last) => last?.node.kind === "chars" && last.min === 1 && last.max === 1)
    ? lasts.reduce((chars, last) => chars | charsOf(last!), 0n)
    : charsOf(piece);
}

/** Every character that may stand anywhere in a piece. */
function charsOf({ node }: Piece): Chars {
  if (node.kind === "nothing") return 0n;
  if (node.kind === "chars") return node.chars;
  return node.branches.flat().reduce((chars, piece) => chars | charsOf(piece), 0n);
}

/** What a sequence may begin with. */
function firstOf(sequence: readonly Piece[]): { readonly chars: Chars; readonly mayBeEmpty: boolean } {
  let chars: Chars = 0n;
  for (const { node, min } of sequence) {
    if (node.kind === "nothing") continue;
    if (node.kind === "chars") {
      chars |= node.chars;
      if (min > 0) return { chars, mayBeEmpty: false };
      continue;
    }
    const firsts = node.branches.map(firstOf);
    chars = firsts.reduce((all, first) => all | first.chars, chars);
    if (min > 0 && !firsts.some((first) => first.mayBeEmpty)) return { chars, mayBeEmpty: false };
  }
  return { chars, mayBeEmpty: true };
}
