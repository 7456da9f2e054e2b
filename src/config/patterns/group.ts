/** `(…)` */
import { referenceError } from "./escape.ts";
import {
  type GroupItem,
  type Item,
  type PatternReading,
  type PatternText,
  placeOf,
  take,
  takeIf,
  takeUntil,
  VerboseFound,
  wrong,
} from "./reading.ts";

const FLAGS = "iLmsxatu";
/** Flags that say what a letter is; they cannot be switched off. */
const TYPES = "aLu";
const NAME = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/** The flags that a group changes, on and off. */
export function flagsOf({ on, off }: GroupItem): string {
  return on + off;
}

/** Reads what a group holds, up to its `)`. */
type ReadInside = (isVerbose: boolean) => Item[];

/**
 * A group, behind its `(`; `null` for a comment, or for flags of the whole pattern.
 *
 * @throws PatternError, VerboseFound
 */
export function readGroup(reading: PatternReading, isVerbose: boolean, readInside: ReadInside): Item | null {
  const { text } = reading;
  const start = placeOf(text) - 1;
  const group = (isCapture: boolean, on = "", off = ""): Item => {
    const items = readInside((isVerbose || on.includes("x")) && !off.includes("x"));
    takeEnd(text, start);
    return { kind: "group", isCapture, on, off, items };
  };
  const look = (kind: string, isAhead: boolean): Item => {
    const items = readInside(isVerbose);
    takeEnd(text, start);
    return { kind: "look", isAhead, isNot: kind === "!", items };
  };
  if (!takeIf(text, "?")) return group(true);
  const letter = next(text, "unexpected end of pattern");
  if (letter === "P") {
    readName(reading);
    return group(true);
  }
  if (letter === ":") return group(false);
  if (letter === "#") return skipComment(text, start);
  if (letter === "=" || letter === "!") return look(letter, true);
  if (letter === "<") return look(lookBehindKind(text), false);
  if (letter === "(") throw referenceError(`(?(${takeUntil(text, ")", "group name")})…)`);
  if (!FLAGS.includes(letter) && letter !== "-") {
    throw wrong(text, `unknown extension ?${letter}`, letter.length + 1);
  }
  const flags = readFlags(reading, letter);
  if (flags !== null) return group(false, flags.on, flags.off);
  if (reading.flags.has("x") && !isVerbose) throw new VerboseFound();
  return null;
}

function lookBehindKind(text: PatternText): string {
  const kind = next(text, "unexpected end of pattern");
  if (kind === "=" || kind === "!") return kind;
  throw wrong(text, `unknown extension ?<${kind}`, kind.length + 2);
}

function next(text: PatternText, missing: string): string {
  const letter = take(text);
  if (letter === null) throw wrong(text, missing);
  return letter;
}

function takeEnd(text: PatternText, start: number): void {
  if (!takeIf(text, ")")) {
    throw wrong(text, "missing ), unterminated subpattern", placeOf(text) - start);
  }
}

/** `<name>`, behind `(?P`. */
function readName({ text, names }: PatternReading): void {
  if (takeIf(text, "=")) throw referenceError(`(?P=${takeUntil(text, ")", "group name")})`);
  if (!takeIf(text, "<")) {
    const letter = next(text, "unexpected end of pattern");
    throw wrong(text, `unknown extension ?P${letter}`, letter.length + 2);
  }
  const name = takeUntil(text, ">", "group name");
  const back = [...name].length + 1;
  if (!NAME.test(name)) throw wrong(text, `bad character in group name '${name}'`, back);
  if (names.has(name)) throw wrong(text, `redefinition of group name '${name}'`, back);
  names.add(name);
}

function skipComment(text: PatternText, start: number): null {
  for (;;) {
    if (text.next === null) throw wrong(text, "missing ), unterminated comment", placeOf(text) - start);
    if (take(text) === ")") return null;
  }
}

/** Flags, from their first letter on; `null` when they are of the whole pattern. */
function readFlags(
  { text, flags }: PatternReading,
  first: string,
): { readonly on: string; readonly off: string } | null {
  const [on, end] = first === "-" ? ["", first] : takeFlags(text, first, ")-:", "missing -, : or )");
  const types = [...on].filter((flag) => TYPES.includes(flag));
  if (types.includes("L")) throw wrong(text, "bad inline flags: cannot use 'L' flag with a str pattern");
  if (new Set(types).size > 1) throw wrong(text, "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
  if (end === ")") {
    for (const flag of on) flags.add(flag);
    return null;
  }
  if (on.includes("t")) throw wrong(text, "bad inline flags: cannot turn on global flag", 1);
  if (end === ":") return { on, off: "" };
  const letter = next(text, "missing flag");
  if (!FLAGS.includes(letter)) throw unknownFlag(text, letter, "missing flag");
  const [off] = takeFlags(text, letter, ":", "missing :");
  if ([...off].some((flag) => TYPES.includes(flag))) {
    throw wrong(text, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
  }
  if (off.includes("t")) throw wrong(text, "bad inline flags: cannot turn off global flag", 1);
  if ([...on].some((flag) => off.includes(flag))) {
    throw wrong(text, "bad inline flags: flag turned on and off", 1);
  }
  return { on, off };
}

/** Flags and the letter behind them, one of `ends`. */
function takeFlags(
  text: PatternText,
  first: string,
  ends: string,
  missing: string,
): [flags: string, end: string] {
  let flags = first;
  for (;;) {
    const letter = next(text, missing);
    if (ends.includes(letter)) return [flags, letter];
    if (!FLAGS.includes(letter)) throw unknownFlag(text, letter, missing);
    flags += letter;
  }
}

function unknownFlag(text: PatternText, letter: string, missing: string) {
  return wrong(text, /^\p{L}$/u.test(letter) ? "unknown flag" : missing, letter.length);
}
