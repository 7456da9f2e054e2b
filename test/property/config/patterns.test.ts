/** All that the table has, or a longer one in `PATTERN_TABLE`, which `test/support/patternTable.py` makes. */
import process from "node:process";
import { expect, it } from "vitest";
import { pattern } from "../../support/patterns.ts";
import { readPatternTable, tryPatterns, wronglyTaken } from "../../support/patternTable.ts";

const rows = readPatternTable(process.env["PATTERN_TABLE"]);

it("patterns that Python 3.9 refuses are refused", () => expect(wronglyTaken(rows)).toEqual([]));

it("patterns replace what they replace in Python 3.9, or are refused, nine of ten are not", () => {
  const { pairs, refused, wrong } = tryPatterns(rows, 1);
  const taken = rows.filter(({ error }) => error === null).length - refused.length;
  console.log(JSON.stringify({ patterns: taken, refused: refused.length, pairs, wrong: wrong.length }));
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(refused.length).toBeLessThan(taken / 9);
});

it.each([
  ["a.*b|a"],
  ["(?:a+b?)+c|a"],
  ["(?:.*a){20}c|a"],
  ["\\ba|a.*\\bb|a"],
  ["a(?=.)|(?s:.*)c"],
  ["(?<=a)a.*b|a"],
])("a text is masked whole where the matches of %s read its square", (source) => {
  expect(pattern(source).replace("a".repeat(50_000), () => "#")).toBe("#");
});
