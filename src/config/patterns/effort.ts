/**
 * How many characters are read to find all matches in a text. One search takes time by what it reads, all of them may
 * read the square of the text: where the branch that is tried first fails far behind each match, as in `a.*b|a` where no
 * b comes. So it is counted, and never timed: the same text leaves the same from every machine.
 *
 * RE2 does not say how far it read, so the most that it can have read is counted: a way through a pattern takes
 * characters of its endless repetitions, and of all others no more than the pattern has places for.
 */
import { type Chars, has, unite } from "./chars.ts";
import type { Search } from "./engine.ts";
import { type Node, sizeOf } from "./tree.ts";

/** Characters that all searches in one text may read, times the size of the pattern: some seconds of work. */
const MOST_STEPS = 100_000_000;
/** A smaller pattern takes the time of this one. */
const LEAST_SIZE = 10;
/** And for each character of the text so many more; usual patterns read one or two. */
const MOST_READ_A_CHARACTER = 20;

/** What was read of one text. */
export interface Effort {
  /** The same search, of which it is counted what it reads. */
  readonly counting: (search: Search) => Search;
  /** More was read than may be. */
  readonly isSpent: () => boolean;
}

/** Counts for the trees of one pattern; `null` for a text that is too short to matter. `length` is in characters. */
export function createEffort(trees: readonly Node[]): (text: string, length: number) => Effort | null {
  const endless = new Set<Chars>();
  const others = trees.reduce((most, tree) => Math.max(most, othersIn(tree, false, endless)), 0);
  const loops = unite([[], ...endless]);
  const size = trees.reduce((most, tree) => Math.max(most, sizeOf(tree)), LEAST_SIZE);
  const mostOfAny = Math.floor(MOST_STEPS / size);
  return (text, length) => {
    // Two searches from each place, both to the end of the text, stay below it.
    if (length * (length + 1) <= mostOfAny) return null;
    const most = mostOfAny + length * MOST_READ_A_CHARACTER;
    const bars = barsIn(text, loops);
    let read = 0;
    return {
      counting: (search) => (from) => {
        const found = search(from);
        const bar = found === null ? undefined : bars[firstFrom(bars, found[0]) + others];
        read += (bar === undefined ? length : bar + 1) - from;
        return found;
      },
      isSpent: () => read > most,
    };
  };
}

/** How many characters a tree takes outside of endless repetitions; those inside are added to `endless`. */
function othersIn(node: Node, isEndless: boolean, endless: Set<Chars>): number {
  switch (node.kind) {
    case "chars":
      if (!isEndless) return 1;
      endless.add(node.chars);
      return 0;
    case "place":
    case "look":
      return 0;
    case "sequence":
      return node.nodes.reduce((sum, one) => sum + othersIn(one, isEndless, endless), 0);
    case "branches":
      return node.nodes.reduce((most, one) => Math.max(most, othersIn(one, isEndless, endless)), 0);
    case "repeat": {
      const others = othersIn(node.node, isEndless || node.max === Infinity, endless);
      return others === 0 ? 0 : others * node.max;
    }
  }
}

/** Where the characters stand that no endless repetition takes. */
function barsIn(text: string, loops: Chars): readonly number[] {
  const bars: number[] = [];
  let index = 0;
  for (const letter of text) {
    if (!has(loops, letter.codePointAt(0)!)) bars.push(index);
    index++;
  }
  return bars;
}

/** The number of the first bar at a place or behind it. */
function firstFrom(bars: readonly number[], place: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
