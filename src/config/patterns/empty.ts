/**
 * Repetitions of what may be empty, in the way of Python: a round that takes nothing is the last one, and goes on with
 * what follows before any later branch of the round is tried. An automaton cuts off such a round instead, so rounds
 * are written here in which something is taken, in an order that comes to the same.
 */
import { branches, checkSize, EMPTY, mayBeEmpty, type Node, sequence } from "./tree.ts";
import { PatternError } from "./reading.ts";

/** One of the ways of a node, in order of preference: what is taken, and places and looks that must hold before it. */
interface Way {
  readonly conditions: readonly Node[];
  /** Takes at least one character; `null` when nothing is taken. */
  readonly taken: Node | null;
}

/** More ways make patterns that nobody wrote. */
const MOST_WAYS = 500;

/**
 * The same meaning, with no repetition whose rounds may be empty.
 *
 * @throws PatternError
 */
export function withoutEmptyRounds(node: Node): Node {
  switch (node.kind) {
    case "chars":
    case "place":
      return node;
    case "look":
      return { ...node, node: withoutEmptyRounds(node.node) };
    case "sequence":
      return sequence(node.nodes.map(withoutEmptyRounds));
    case "branches":
      return branches(node.nodes.map(withoutEmptyRounds));
    case "repeat": {
      if (node.max === 0) return EMPTY;
      const round = withoutEmptyRounds(node.node);
      if (node.max <= 1 || !mayBeEmpty(round)) return { ...node, node: round };
      // Rounds that must be are not asked whether they take something.
      const must: Node = { kind: "repeat", node: round, min: node.min, max: node.min, isLazy: false };
      return checkSize(
        sequence([node.min === 0 ? EMPTY : must, repeated(round, node.max - node.min, node.isLazy)]),
      );
    }
  }
}

/** What a pattern takes when it must take something; `null` when it never does. */
export function takingSomething(node: Node): Node | null {
  const taking = waysOf(node).flatMap(takenBy);
  return taking.length === 0 ? null : checkSize(branches(taking));
}

function repeated(round: Node, most: number, isLazy: boolean): Node {
  if (most === 0) return EMPTY;
  if (most === 1) return { kind: "repeat", node: round, min: 0, max: 1, isLazy };
  const ways = waysOf(round);
  const some = (of: readonly Way[], lazily: boolean): Node => {
    const taking = of.flatMap(takenBy);
    return taking.length === 0
      ? EMPTY
      : { kind: "repeat", node: branches(taking), min: 0, max: most, isLazy: lazily };
  };
  // Nothing was tried before the round, so a round of nothing adds nothing.
  if (isLazy) return some(ways, true);
  const stop = ways.findIndex(({ taken, conditions }) => taken === null && conditions.length === 0);
  const before = stop < 0 ? ways : ways.slice(0, stop);
  const behind = stop < 0 ? [] : ways.slice(stop + 1);
  const perhaps = before.findIndex(({ taken }) => taken === null);
  if (perhaps >= 0 && before.slice(perhaps).some(({ taken }) => taken !== null)) throw tangled();
  const first = some(before, false);
  const rest = behind.flatMap(takenBy);
  if (rest.length === 0) return first;
  if (first === EMPTY) return some(behind, true);
  if (most !== Infinity) throw tangled();
  const again = sequence([branches(rest), first]);
  return sequence([first, { kind: "repeat", node: again, min: 0, max: Infinity, isLazy: true }]);
}

function tangled(): PatternError {
  return new PatternError(
    "a regular expression that repeats no group of which one branch may take nothing and a later one takes something; " +
      "put the branch that may take nothing last",
  );
}

function takenBy({ conditions, taken }: Way): Node[] {
  return taken === null ? [] : [sequence([...conditions, taken])];
}

/** Rounds in `node` take something, but for those that must be or that are one at most. */
function waysOf(node: Node): readonly Way[] {
  if (!mayBeEmpty(node)) return [{ conditions: [], taken: node }];
  switch (node.kind) {
    case "sequence":
      return waysOfAll(node.nodes);
    case "branches":
      return few(node.nodes.flatMap(waysOf));
    case "repeat": {
      if (node.min > 0) return node.max > MOST_WAYS ? few(null) : waysOfAll(Array(node.max).fill(node.node));
      const nothing: Way = { conditions: [], taken: null };
      const ways = mayBeEmpty(node.node)
        ? waysOf(node.node)
        : [{ conditions: [], taken: { ...node, min: 1 } satisfies Node }];
      return node.isLazy ? [nothing, ...ways] : [...ways, nothing];
    }
    default:
      return [{ conditions: [node], taken: null }];
  }
}

function waysOfAll(nodes: readonly Node[]): readonly Way[] {
  return nodes.reduceRight<readonly Way[]>(
    (rest, node, index) =>
      few(
        waysOf(node).flatMap(({ conditions, taken }): Way[] =>
          taken === null
            ? rest.map((way) => ({ ...way, conditions: [...conditions, ...way.conditions] }))
            : [{ conditions, taken: sequence([taken, ...nodes.slice(index + 1)]) }]
        ),
      ),
    [{ conditions: [], taken: null }],
  );
}

/** Ways behind the first that takes nothing, whatever is around, count only where they take something. */
function few(ways: readonly Way[] | null): readonly Way[] {
  const stop = ways?.findIndex(({ taken, conditions }) => taken === null && conditions.length === 0) ?? -1;
  const counting = ways?.filter(({ taken }, index) => stop < 0 || index <= stop || taken !== null) ?? [];
  if (ways !== null && counting.length <= MOST_WAYS) return counting;
  throw new PatternError(
    "a regular expression with fewer parts in a row that may take nothing; write + in the place of some *",
  );
}
