/** The text of a configuration as a value, with the place of every key in it. */
import type { Document, ErrorCode } from "yaml";
import { LineCounter, parseDocument } from "yaml";
import { BARE_REFERENCE } from "./placeholders.ts";
import { findPlaces, type Path, type Places } from "./places.ts";

/** A line and a column, both from 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Something that makes the text unreadable, or a key that stands twice. */
export interface SyntaxProblem extends LineColumn {
  readonly message: string;
}

/** A text that was read. */
export interface ConfigDocument {
  /** Plain data; `undefined` when the text cannot be read at all. */
  readonly value: unknown;
  readonly problems: readonly SyntaxProblem[];
  /** Where a value or its key stands; of a missing one, the key of the nearest block around it. */
  placeOf(path: Path, part: "key" | "value"): LineColumn | null;
  /** What stands in the text for a plain scalar at the end of keys, without quotes; `null` for any other value. */
  plainAt(path: Path): string | null;
}

/** What is wrong and what to do, by the parser's code. Its own words quote the file, and so might quote a secret. */
const SYNTAX_ERRORS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) has neither anchor nor tag",
  BAD_ALIAS: "this is no alias; put a value that begins with * or & in quotes",
  BAD_COLLECTION_TYPE: "the tag before this block does not fit it",
  BAD_DIRECTIVE: "a line that begins with % is a YAML directive, and this is none; remove it",
  BAD_DQ_ESCAPE:
    'unknown escape in a text in "double quotes"; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: "wrong indentation; keys of one block begin in the same column",
  BAD_PROP_ORDER: "an anchor or a tag stands in the wrong place",
  BAD_SCALAR_START: "a value cannot begin with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    'a value cannot hold ": " or a further key on its line; put it in quotes or on its own line',
  BLOCK_IN_FLOW: "a block cannot stand inside { } or [ ]",
  DUPLICATE_KEY: "this key stands twice in its block; keep one",
  IMPOSSIBLE: "not YAML",
  KEY_OVER_1024_CHARS: "a key of more than 1,024 characters; a quote may be missing above",
  MISSING_CHAR: "a quote, a bracket, a comma or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line; a colon or a quote may be missing",
  MULTIPLE_ANCHORS: "a value has one anchor (&name) at most",
  MULTIPLE_DOCS: "a second document begins here; keep one, without a line ---",
  MULTIPLE_TAGS: "a value has one tag (!name) at most",
  NON_STRING_KEY: "a key must be a text, not a list or a map",
  RESOURCE_EXHAUSTION: "nested too deeply to be read",
  TAB_AS_INDENT: "a tab cannot indent; use spaces",
  TAG_RESOLVE_FAILED: "unknown tag; put a value that begins with ! in quotes",
  UNEXPECTED_TOKEN: "unexpected text here; a quote or a comma may be missing",
};

const DANGLING_ALIAS =
  "an alias (*name) without an anchor (&name) before it; put a value that begins with * in quotes";

// Enough for shared blocks by hand; a thousandth of what a bomb needs.
const MOST_ALIASES = 100;
const MOST_PROBLEMS = 20;

/** Blocks within one another. The parser goes down by calls; near the end of its stack V8 may end the process instead of throwing. */
const MOST_LEVELS = 500;

/** Reads YAML 1.2, and so JSON. Times stay texts; `<<` merges, as in the old collector's YAML 1.1. */
export function readDocument(text: string): ConfigDocument {
  const tooDeep = () => unreadable([{ ...deepest(text), message: SYNTAX_ERRORS.RESOURCE_EXHAUSTION }]);
  try {
    return text.split("\n").some(isTooDeep) ? tooDeep() : readNested(text);
  } catch (error) {
    // The parser goes down by calls, and so does what leaves a block again.
    if (!(error instanceof RangeError)) throw error;
    return tooDeep();
  }
}

/** Whether a line begins too far in, or opens too many brackets, those in quotes aside. */
function isTooDeep(line: string): boolean {
  if (line.length <= MOST_LEVELS) return false;
  if (/^(?:\s|- )*/.exec(line)![0].length > MOST_LEVELS) return true;
  let depth = 0;
  for (const [bracket] of line.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "").matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > MOST_LEVELS) return true;
  }
  return false;
}

/** Where the line that is furthest in begins. */
function deepest(text: string): LineColumn {
  const depths = text.split("\n").map((line) => line.search(/\S/));
  const depth = depths.reduce((most, one) => Math.max(most, one), 0);
  return { line: depths.indexOf(depth) + 1, column: depth + 1 };
}

function readNested(text: string): ConfigDocument {
  const wrongByte = text.indexOf("\uFFFD");
  // Nothing else in such a file can be trusted, and what follows are only its consequences.
  if (wrongByte >= 0) return unreadable([notUtf8(text, wrongByte)]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "core",
    merge: true,
    stringKeys: true,
    lineCounter: lines,
    // The parser compares each key of a block with all others; the places find doubled ones as they go.
    uniqueKeys: false,
    // A pretty error quotes the line, and the line may hold a secret; so may a warning to the console.
    // Not "silent": that would pass over a second document.
    prettyErrors: false,
    logLevel: "error",
  });
  const place = (offset: number): LineColumn => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // Once, where it begins: the parser says it again at each block on its way back. What it read is not whole.
  const tooDeep = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (tooDeep) return unreadable([{ ...place(tooDeep.pos[0]), message: SYNTAX_ERRORS.RESOURCE_EXHAUSTION }]);
  const places = findPlaces(document);
  const { problems, isFatal } = syntaxProblems(document, text, places, place);
  if (isFatal) return unreadable(problems);
  const value = toValue(document);
  if (value === null) {
    const message = "too many aliases (*name), or one inside its own anchor";
    return unreadable([{ line: 1, column: 1, message }]);
  }
  return {
    value: value.value,
    problems,
    placeOf: (path, part) => {
      const offset = places.offsetOf(path, part);
      return offset === null ? null : place(offset);
    },
    plainAt: places.plainAt,
  };
}

function unreadable(problems: readonly SyntaxProblem[]): ConfigDocument {
  return { value: undefined, problems, placeOf: () => null, plainAt: () => null };
}

function notUtf8(text: string, wrongByte: number): SyntaxProblem {
  const lineStart = text.lastIndexOf("\n", wrongByte - 1) + 1;
  const line = text.slice(0, lineStart).split("\n").length;
  const message = "not UTF-8 text here; save the file as UTF-8 (Windows PowerShell's > writes UTF-16)";
  return { line, column: wrongByte - lineStart + 1, message };
}

/** The first problems, one a place; and whether the text means nothing for them. */
function syntaxProblems(
  document: Document,
  text: string,
  places: Places,
  place: (offset: number) => LineColumn,
): { readonly problems: readonly SyntaxProblem[]; readonly isFatal: boolean } {
  const problems: SyntaxProblem[] = [];
  const add = (offset: number, message: string) => {
    const at = place(offset);
    const known = problems.some((other) => other.line === at.line && other.column === at.column);
    if (!known && problems.length < MOST_PROBLEMS) problems.push({ ...at, message });
  };
  for (const error of [...document.errors, ...document.warnings]) {
    add(error.pos[0], SYNTAX_ERRORS[error.code]);
  }
  for (const alias of places.danglingAliases) add(alias, DANGLING_ALIAS);
  const variable = variableAmong(problems, text);
  if (variable !== null) return { problems: variable, isFatal: true };
  // A doubled key has a meaning (the last one holds), so the search for other problems can go on.
  const isFatal = problems.length > 0;
  for (const key of places.doubledKeys) add(key, SYNTAX_ERRORS.DUPLICATE_KEY);
  return { problems, isFatal };
}

/** The problems up to the first line that holds a bare variable: within { } its braces break all that follows. */
function variableAmong(problems: readonly SyntaxProblem[], text: string): readonly SyntaxProblem[] | null {
  if (problems.length === 0) return null;
  const lines = text.split("\n");
  const columnOf = ({ line }: SyntaxProblem) => (lines[line - 1] ?? "").search(/\$\{[A-Za-z_]|\{\{/) + 1;
  const first = problems.find((problem) => columnOf(problem) > 0);
  if (first === undefined) return null;
  const { line } = first;
  return [...problems.filter((problem) => problem.line < line), {
    line,
    column: columnOf(first),
    message: BARE_REFERENCE,
  }];
}

/** The document as plain data; `null` when it unfolds without end. */
function toValue(document: Document): { value: unknown } | null {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    // Finds what holds itself, which a walk over the value would never leave.
    JSON.stringify(value);
    return { value };
  } catch {
    return null;
  }
}
