/** The text of a configuration as a value, with the place of every key in it. */
import type { Document } from "yaml";
import { LineCounter, parseDocument } from "yaml";
import { findPlaces } from "./places.ts";
import { syntaxErrors } from "./syntaxErrors.ts";

/** From the top of the file to a value. */
export type Path = readonly (string | number)[];

/** A line and a column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something that makes the text unreadable, or a key that stands twice. */
export interface SyntaxProblem extends Place {
  readonly message: string;
}

/** A text that was read. */
export interface ConfigDocument {
  /** Plain data; `undefined` when the text cannot be read at all. */
  readonly value: unknown;
  readonly problems: readonly SyntaxProblem[];
  /** Where a value or its key stands; of a missing one, the key of the nearest block around it. */
  placeOf(path: Path, part: "key" | "value"): Place | null;
}

// Enough for shared blocks by hand; a thousandth of what a bomb needs.
const MOST_ALIASES = 100;
const MOST_PROBLEMS = 20;

/** Reads YAML 1.2, and so JSON. Times stay texts; `<<` merges, as in the old collector's YAML 1.1. */
export function readDocument(text: string): ConfigDocument {
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
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems: SyntaxProblem[] = [];
  const add = (offset: number, message: string) => {
    const at = place(offset);
    const known = problems.some((other) => other.line === at.line && other.column === at.column);
    if (!known && problems.length < MOST_PROBLEMS) problems.push({ ...at, message });
  };

  const wrongByte = text.indexOf("\uFFFD");
  if (wrongByte >= 0) {
    // Nothing else in such a file can be trusted, and what follows are only its consequences.
    const lineStart = text.lastIndexOf("\n", wrongByte - 1) + 1;
    const line = text.slice(0, lineStart).split("\n").length;
    const message = "not UTF-8 text here; save the file as UTF-8 (Windows PowerShell's > writes UTF-16)";
    return unreadable([{ line, column: wrongByte - lineStart + 1, message }]);
  }
  for (const error of [...document.errors, ...document.warnings]) add(error.pos[0], syntaxErrors[error.code]);
  const places = findPlaces(document);
  for (const alias of places.danglingAliases) {
    add(
      alias,
      "an alias (*name) without an anchor (&name) before it; put a value that begins with * in quotes",
    );
  }
  // A doubled key has a meaning (the last one holds), so the search for other problems can go on.
  const fatal = problems.length > 0;
  for (const key of places.doubledKeys) add(key, syntaxErrors.DUPLICATE_KEY);
  if (fatal) return unreadable(problems);

  const value = toValue(document);
  if (value === null) {
    return unreadable([{
      line: 1,
      column: 1,
      message: "too many aliases (*name), or one inside its own anchor",
    }]);
  }
  return {
    value: value.value,
    problems,
    placeOf: (path, part) => {
      const offset = places.offsetOf(path, part);
      return offset === null ? null : place(offset);
    },
  };
}

function unreadable(problems: readonly SyntaxProblem[]): ConfigDocument {
  return { value: undefined, problems, placeOf: () => null };
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
