/** The text of a configuration as a value, with the place of every key in it. */
import type { Node, Pair, YAMLMap } from "yaml";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
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
  for (const alias of danglingAliases(document)) {
    add(
      alias,
      "an alias (*name) without an anchor (&name) before it; put a value that begins with * in quotes",
    );
  }
  // A doubled key has a meaning (the last one holds), so the search for other problems can go on.
  const fatal = problems.length > document.errors.filter((error) => error.code === "DUPLICATE_KEY").length;
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
      const offset = find(document, path, part);
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

function danglingAliases(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
}

function find(document: Document, path: Path, part: "key" | "value"): number | null {
  let node: unknown = document.contents;
  let key: unknown = null;
  for (const [index, step] of path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isMap(holder)) {
      const pair = pairOf(document, holder, String(step));
      if (pair === null) return startOf(key);
      key = pair.key;
      node = pair.value;
    } else if (isSeq(holder) && typeof step === "number" && step < holder.items.length) {
      node = holder.items[step];
      key = node;
    } else {
      return startOf(key);
    }
    if (index === path.length - 1) return part === "value" ? startOf(node) ?? startOf(key) : startOf(key);
  }
  return null;
}

/** The pair of a key: of doubled ones the last, as in the value; else one that `<<` merged in. */
function pairOf(document: Document, map: YAMLMap, key: string): Pair | null {
  const own = map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (own !== undefined) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.value !== "<<" && typeof pair.key.value !== "symbol") continue;
    const merged = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const block = isAlias(source) ? source.resolve(document) : source;
      const found = isMap(block) ? pairOf(document, block, key) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node as Node).range?.[0] ?? null : null;
}
