/** Reads a regular expression by the rules of Python 3.9. */
import { isEscape, readEscape, readSet } from "./escape.ts";
import { flagsOf, readGroup } from "./group.ts";
import {
  type Item,
  openPattern,
  PatternError,
  type PatternReading,
  type PatternText,
  placeOf,
  seek,
  type Syntax,
  take,
  takeIf,
  takeWhile,
  VerboseFound,
  wrong,
} from "./reading.ts";

/** Groups inside one another; more are no pattern that somebody wrote, and would use the stack up. */
const DEEPEST = 100;
/** Python counts repetitions as far as this. */
const MOST = 4_294_967_295;
const DIGIT = /^[0-9]$/;

/**
 * The parts of a pattern.
 *
 * @throws PatternError
 */
export function readPattern(source: string): Syntax {
  const { items, flags } = readOnceOrTwice(source);
  if (flags.has("a") && flags.has("u")) {
    throw new PatternError("a regular expression of Python 3.9: ASCII and UNICODE flags are incompatible");
  }
  return { items, flags };
}

function readOnceOrTwice(source: string): Syntax {
  try {
    return readAll(source, false);
  } catch (error) {
    if (error instanceof VerboseFound) return readAll(source, true);
    throw error;
  }
}

function readAll(source: string, isVerbose: boolean): Syntax {
  const text = openPattern(source);
  const reading = { text, flags: new Set(isVerbose ? "x" : ""), names: new Set<string>() };
  const items = readBranches(reading, isVerbose, 0);
  if (text.next !== null) throw wrong(text, "unbalanced parenthesis");
  return { items, flags: reading.flags };
}

/** `a|b|c`, to the end of the group or of the pattern. */
function readBranches(reading: PatternReading, isVerbose: boolean, depth: number): Item[] {
  if (depth > DEEPEST) {
    throw new PatternError(`a regular expression with at most ${DEEPEST} groups inside one another`);
  }
  const branches = [readSequence(reading, isVerbose, depth)];
  while (takeIf(reading.text, "|")) branches.push(readSequence(reading, isVerbose, depth));
  if (branches.length === 1) return branches[0]!;
  const common: Item[] = [];
  while (branches.every(([first]) => first !== undefined && isSame(first, branches[0]![0]!))) {
    common.push(branches[0]![0]!);
    for (const branch of branches) branch.shift();
  }
  return [...common, asSet(branches) ?? { kind: "branches", branches }];
}

/** Only what has no parts is ever the same to Python. */
function isSame(one: Item, other: Item): boolean {
  return "key" in one && "key" in other && one.key === other.key;
}

/** Branches of one character each are a set: it matters where case does not. */
function asSet(branches: readonly (readonly Item[])[]): Item | null {
  const members = [];
  for (const [item, ...more] of branches) {
    if (item === undefined || more.length > 0) return null;
    if (item.kind === "letter" && !item.isNot) members.push({ kind: "letter" as const, code: item.code });
    else if (item.kind === "set" && !item.isNot) members.push(...item.members);
    else return null;
  }
  return { kind: "set", isNot: false, members, key: JSON.stringify(["set", false, members]) };
}

function readSequence(reading: PatternReading, isVerbose: boolean, depth: number): Item[] {
  const { text } = reading;
  const items: Item[] = [];
  while (text.next !== null && text.next !== "|" && text.next !== ")") {
    const letter = take(text)!;
    if (isVerbose && skipped(text, letter)) continue;
    if (isEscape(letter)) items.push(readEscape(text, letter));
    else if (letter === "[") items.push(readSet(text));
    else if ("*+?{".includes(letter)) readRepeat(text, letter, items);
    else if (letter === "(") {
      const group = readGroup(reading, isVerbose, (verbose) => readBranches(reading, verbose, depth + 1));
      if (group !== null) items.push(group);
    } else items.push(plain(letter));
  }
  // A group that only holds together is no more than what it holds; a repetition has seen it as one.
  return items.flatMap((item) =>
    item.kind === "group" && !item.isCapture && flagsOf(item) === "" ? item.items : [item]
  );
}

function plain(letter: string): Item {
  if (letter === ".") return { kind: "any", key: "any" };
  if (letter === "^" || letter === "$") return { kind: "at", at: letter, key: `at ${letter}` };
  return { kind: "letter", code: letter.codePointAt(0)!, isNot: false, key: `letter ${letter} false` };
}

/** White space and comments of `(?x)`. */
function skipped(text: PatternText, letter: string): boolean {
  if (letter !== "#") return " \t\n\r\v\f".includes(letter);
  let comment = take(text);
  while (comment !== null && comment !== "\n") comment = take(text);
  return true;
}

/** A repetition of the last of `items`, behind its first letter; a `{` that begins none is a letter. */
function readRepeat(text: PatternText, letter: string, items: Item[]): void {
  const start = placeOf(text);
  const bounds = letter === "{"
    ? readBounds(text)
    : { min: letter === "+" ? 1 : 0, max: letter === "?" ? 1 : Infinity };
  if (bounds === null) {
    items.push({ kind: "letter", code: letter.charCodeAt(0), isNot: false, key: `letter ${letter} false` });
    return;
  }
  const item = items.at(-1);
  const back = placeOf(text) - start + 1;
  if (item === undefined || item.kind === "at") throw wrong(text, "nothing to repeat", back);
  if (item.kind === "repeat") throw wrong(text, "multiple repeat", back);
  items[items.length - 1] = { kind: "repeat", items: [item], ...bounds, isLazy: takeIf(text, "?") };
}

function readBounds(text: PatternText): { readonly min: number; readonly max: number } | null {
  const start = placeOf(text);
  if (text.next === "}") return null;
  const least = takeWhile(text, Infinity, DIGIT);
  const most = takeIf(text, ",") ? takeWhile(text, Infinity, DIGIT) : least;
  if (!takeIf(text, "}")) {
    seek(text, start);
    return null;
  }
  const min = Number(least);
  const max = most === "" ? Infinity : Number(most);
  if (min >= MOST || (most !== "" && max >= MOST)) {
    throw new PatternError("a regular expression of Python 3.9: the repetition number is too large");
  }
  if (max < min) throw wrong(text, "min repeat greater than max repeat", placeOf(text) - start);
  return { min, max };
}
