/** What Python 3.9 makes of patterns, given and random ones; `patternTable.py` makes the file, and longer ones. */
import { readFileSync } from "node:fs";
import { pattern, refusalOf } from "./patterns.ts";

/** A pattern and what becomes of texts; `null` for a text that stays. */
export interface PatternRow {
  readonly pattern: string;
  /** Python's, where it refuses the pattern. */
  readonly error: string | null;
  /** One of those chosen, not drawn. */
  readonly isGiven: boolean;
  readonly pairs: readonly (readonly [text: string, result: string])[];
}

type Line = Readonly<
  & { pattern: string; error?: string }
  & {
    changes?: readonly (readonly [index: number, result: string])[];
    pairs?: readonly (readonly [text: string, result: string | null])[];
  }
>;

/** Reads a table, by default the one that is kept. */
export function readPatternTable(file?: string): readonly PatternRow[] {
  const text = readFileSync(file ?? new URL("patternTable.ndjson", import.meta.url), "utf8");
  const [{ texts }, ...lines] = text.trim().split("\n").map((line) => JSON.parse(line)) as [
    { readonly texts: readonly string[] },
    ...Line[],
  ];
  return lines.map((line) => ({
    pattern: line.pattern,
    error: line.error ?? null,
    isGiven: line.changes !== undefined,
    pairs: pairsOf(line, texts),
  }));
}

function pairsOf({ changes, pairs }: Line, texts: readonly string[]): PatternRow["pairs"] {
  if (pairs !== undefined) return pairs.map(([text, result]) => [text, result ?? text]);
  const results = new Map(changes);
  return changes === undefined ? [] : texts.map((text, index) => [text, results.get(index) ?? text]);
}

/** Patterns that are taken though Python refuses them. */
export function wronglyTaken(rows: readonly PatternRow[]): string[] {
  return rows.filter((row) => row.error !== null && refusalOf(row.pattern) === null).map((row) =>
    row.pattern
  );
}

/** What patterns do that Python takes. */
export interface Outcome {
  readonly pairs: number;
  readonly refused: readonly string[];
  readonly wrong: readonly { pattern: string; text: string; ours: string; python: string }[];
}

/** Tries one of `step` pairs of each pattern, another one from pattern to pattern. */
export function tryPatterns(rows: readonly PatternRow[], step: number): Outcome {
  const right = rows.filter(({ error }) => error === null);
  const refused = right.filter((row) => refusalOf(row.pattern) !== null).map((row) => row.pattern);
  const tried = right.filter((row) => !refused.includes(row.pattern)).flatMap((row, number) => {
    const { replace } = pattern(row.pattern);
    return row.pairs.filter((_, index) => (index + number) % step === 0).map(([text, python]) => {
      return { pattern: row.pattern, text, ours: replace(text, () => "#"), python };
    });
  });
  return { pairs: tried.length, refused, wrong: tried.filter(({ ours, python }) => ours !== python) };
}
