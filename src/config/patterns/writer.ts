/** A pattern in the syntax of RE2, over symbols. */
import { type Chars, unite } from "./chars.ts";
import { checkSize, type Node } from "./tree.ts";
import { PatternError } from "./reading.ts";

/** RE2 repeats so many times at most. */
const MOST_REPEATS = 1000;

/** How the parts are written that depend on the symbols. */
export interface Style {
  readonly chars: (chars: Chars) => string;
  /** A place, a look ahead or a look behind. */
  readonly condition: (node: Condition) => string;
}

/** What takes no character. */
export type Condition = Extract<Node, { kind: "place" | "look" }>;

/**
 * Writes a tree.
 *
 * @throws PatternError it is too large
 */
export function writePattern(tree: Node, style: Style): string {
  checkSize(tree);
  return write(tree, style);
}

/** A class of symbols. */
export function writeSymbols(ranges: Chars): string {
  const one = (code: number) => `\\x{${code.toString(16)}}`;
  if (ranges.length === 0) return NOTHING;
  if (ranges.length === 2 && ranges[0] === ranges[1]) return one(ranges[0]!);
  const texts = Array.from({ length: ranges.length / 2 }, (_, index) => {
    const [from, to] = [ranges[2 * index]!, ranges[2 * index + 1]!];
    return from === to ? one(from) : `${one(from)}-${one(to)}`;
  });
  return `[${texts.join("")}]`;
}

/** Each of some symbols as a range. */
export function rangesOf(symbols: readonly number[]): Chars {
  return unite([[], ...symbols.map((one) => [one, one])]);
}

const NOTHING = "[^\\x{0}-\\x{10FFFF}]";

function write(node: Node, style: Style): string {
  switch (node.kind) {
    case "chars":
      return style.chars(node.chars);
    case "place":
    case "look":
      return style.condition(node);
    case "sequence":
      return `(?:${node.nodes.map((one) => write(one, style)).join("")})`;
    case "branches":
      return `(?:${node.nodes.map((one) => write(one, style)).join("|")})`;
    case "repeat":
      return writeRepeat(node, style);
  }
}

function writeRepeat(repeat: Extract<Node, { kind: "repeat" }>, style: Style): string {
  const { node, min, max, isLazy } = repeat;
  const round = `(?:${write(node, style)})`;
  const lazy = isLazy ? "?" : "";
  const most = Math.max(1, Math.floor(MOST_REPEATS / repeatsIn(node)));
  const further = max - min;
  // In two parts, a lazy repetition would try other branches in another order.
  if (isLazy && further !== Infinity && further > most && node.kind !== "chars") {
    throw new PatternError(
      `a regular expression that repeats no group lazily more than ${most} times, by {…}?; write *? or +?`,
    );
  }
  if (further === Infinity && min <= most) {
    return `(?:${round}${min === 0 ? "*" : min === 1 ? "+" : `{${min},}`}${lazy})`;
  }
  if (max <= most) return `(?:${round}{${min},${max}}${lazy})`;
  const must = times(round, min, most, (count) => `{${count}}`);
  const may = further === Infinity
    ? `${round}*${lazy}`
    : times(round, further, most, (count) => `{0,${count}}${lazy}`);
  return `(?:${must}${may})`;
}

/** How many times RE2 takes a node to be repeated. */
function repeatsIn(node: Node): number {
  if (node.kind === "repeat") {
    const own = Math.max(1, node.max === Infinity ? node.min : node.max);
    return Math.min(MOST_REPEATS, own * repeatsIn(node.node));
  }
  if (node.kind === "look") return repeatsIn(node.node);
  return "nodes" in node ? Math.max(1, ...node.nodes.map(repeatsIn)) : 1;
}

/** As many repetitions as are needed, where one has its limit. */
function times(round: string, count: number, most: number, repeat: (count: number) => string): string {
  let text = "";
  for (let left = count; left > 0; left -= most) text += round + repeat(Math.min(left, most));
  return text;
}
