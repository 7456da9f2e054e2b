import { describe, expect, it } from "vitest";
import { pattern, refusalOf } from "../../../support/patterns.ts";
import { readPatternTable, tryPatterns, wronglyTaken } from "../../../support/patternTable.ts";

const replace = (source: string, text: string) => pattern(source).replace(text, () => "#");

/** Patterns that backtracking never ends on, and what is added to a text that they do not change otherwise. */
const EXPLOSIVE: readonly (readonly [source: string, unit: string, end: string, added: string])[] = [
  ["(a|a)*$", "a", "b", "#"],
  ["(a+)+b", "a", "", ""],
  ["(a*)*c", "a", "b", ""],
  ["(\\w+\\s?)+@", "word ", "!", ""],
  ["(.*a){20}c", "a", "b", ""],
  ["(?:a?){30}a{30}c", "a", "b", ""],
  [".(?=.*@)", "a", "", ""],
  ["[0-9]+$", "1", "x", ""],
];

describe("a pattern", () => {
  it.each(EXPLOSIVE)("%s ends on a long text", (source, unit, end, added) => {
    const text = unit.repeat(12_000 / unit.length) + end;
    expect(replace(source, text)).toBe(text + added);
  });

  it("gives each match to what replaces it", () => {
    expect(pattern("(?i)\\b[a-z]+(?=@)").replace("Ada@x, 😀 bob@y", (match) => `<${match}>`)).toBe(
      "<Ada>@x, 😀 <bob>@y",
    );
  });

  it("leaves dollars of a replacement as they are", () => {
    expect(pattern("a").replace("bab", () => "$&$1\\1")).toBe("b$&$1\\1b");
  });

  it("takes the empty text", () => {
    expect(replace("a*", "")).toBe("#");
    expect(replace("\\B", "")).toBe("");
    expect(replace("a", "")).toBe("");
  });

  it("tells more letters apart beside \\b than ASCII has", () => {
    const letters = Array.from({ length: 80 }, (_, index) => String.fromCodePoint(0xc0 + index));
    const words = letters.map((letter, index) => `${letter}${index}x`).join("|");
    expect(replace(`\\b(?:${words})\\b`, `À0x aÀ0x ${letters[70]}70x.`)).toBe("# aÀ0x #.");
  });

  it("has one kind of \\b and $ in one part and another in the next", () => {
    expect(replace("(?a:\\b)é|\\bx", "é xé aé")).toBe("é ## a#");
    expect(replace("(?m:^a)|b$", "a\na b\nb\n")).toBe("#\n# b\n#\n");
  });

  it("is made once, however often it is written", () => expect(pattern("x+")).toBe(pattern("x+")));

  it("is refused when it is too large", () => {
    expect(refusalOf("(?:a{1000}){100}")).toMatch(/at most 50000 characters/);
    expect(refusalOf("(".repeat(200) + ")".repeat(200))).toMatch(/at most 100 groups inside one another/);
    expect(refusalOf("(?:a*b*c*d*e*f*g*h*){90}")).toMatch(/fewer parts in a row that may take nothing/);
  });
});

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

/** A part of what Python makes of patterns; `test/property/config/patterns.test.ts` has the whole. */
const rows = readPatternTable();
const given = rows.filter(({ isGiven }) => isGiven).map((row) => row.pattern);

describe("a pattern of Python 3.9", () => {
  it("is refused where Python refuses it", () => expect(wronglyTaken(rows)).toEqual([]));

  it("replaces what it replaces in Python, or is refused for what its message says", () => {
    const { wrong, refused } = tryPatterns(rows, 40);
    expect(wrong).toEqual([]);
    expect(refused.filter((source) => given.includes(source)).toSorted()).toEqual(
      REFUSED.map(([source]) => source).toSorted(),
    );
  });

  it.each(REFUSED)("%s is refused: a regular expression %s", (source, reason) => {
    expect(refusalOf(source)).toContain(`a regular expression ${reason}`);
  });
});
