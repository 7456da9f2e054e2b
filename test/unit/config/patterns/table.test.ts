/** A part of what Python 3.9 makes of patterns; `test/property/config/patterns.test.ts` has the whole. */
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../support/patterns.ts";
import { readPatternTable, tryPatterns, wronglyTaken } from "../../../support/patternTable.ts";

/** What Python takes and we do not. */
const REFUSED = [
  ["(.)\\1+", "without \\1, which refers to a group"],
  ["(a)\\1", "without \\1, which refers to a group"],
  ["(?P<a>x)(?P=a)", "without (?P=a), which refers to a group"],
  ["(x)?(?(1)a|b)", "without (?(1)…), which refers to a group"],
  ["\\N{DIGIT ONE}", "without \\N{…}; write the character itself"],
  ["[\\N{DIGIT ONE}]", "without \\N{…}; write the character itself"],
  ["(?:$|a)*", "that repeats no group of which one branch may take nothing and a later one takes something"],
  [
    "(?:\\b|a)*",
    "that repeats no group of which one branch may take nothing and a later one takes something",
  ],
  ["(?:a|ab){0,1500}?b", "that repeats no group lazily more than 1000 times"],
] as const;

const rows = readPatternTable();
const given = rows.filter(({ isGiven }) => isGiven).map((row) => row.pattern);

describe("a pattern of Python 3.9", () => {
  it("is refused where Python refuses it", () => expect(wronglyTaken(rows)).toEqual([]));

  it("replaces what it replaces in Python, or is refused for what its message says", () => {
    const { wrong, refused } = tryPatterns(rows, 10);
    expect(wrong).toEqual([]);
    expect(refused.filter((source) => given.includes(source)).toSorted()).toEqual(
      REFUSED.map(([source]) => source).toSorted(),
    );
  });

  it.each(REFUSED)("%s is refused: a regular expression %s", (source, reason) => {
    expect(refusalOf(source)).toContain(`a regular expression ${reason}`);
  });
});
