import { describe, expect, it } from "vitest";
import { explosivePart } from "../../../src/config/patternSafety.ts";

describe("a pattern", () => {
  it.each([
    "[0-9]+$",
    "^.*$",
    "@.*",
    "[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+",
    "(\\w+\\.)+\\w+",
    "(\\w+\\.){3}\\w+",
    "(([0-9a-f]{2}:){5}){3}",
    "\\d{1,3}(\\.\\d{1,3}){3}",
    "([0-9a-f]{2}:)+[0-9a-f]{2}",
    "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "(?:cat|dog)+",
    "(?<=user )\\S+(?= from)",
    "\\bfoo\\b|bar?",
    "[^@]+@[^@]+",
    "a{2}b{2,}c?",
    "\\u00e9+[\\]\\-x]",
  ])("%s is safe", (source) => expect(explosivePart(source)).toBeNull());

  it.each([
    ["(a+)+$", "a repetition inside a repeated group"],
    ["(a*)*", "a repeated group that may be empty"],
    ["([a-z]+)*$", "a repetition inside a repeated group"],
    ["(?:\\w+\\s?)+$", "a repetition inside a repeated group"],
    ["(a|a)+$", "a repeated choice whose branches begin alike"],
    ["(\\w|\\d)*$", "a repeated choice whose branches begin alike"],
    ["(.|x)+y", "a repeated choice whose branches begin alike"],
    ["\\d+\\d+$", "two repetitions of the same characters in a row"],
    [".*,.*,.*x", "two repetitions of the same characters in a row"],
    ["x(y(a+)+)", "a repetition inside a repeated group"],
    ["(?=(a+)+$)", "a repetition inside a repeated group"],
    ["(a+){20}", "a repetition inside a repeated group"],
    ["(a+){3}b", "two repetitions of the same characters in a row"],
    ["((?:1*?){2}){1,3}a", "two repetitions of the same characters in a row"],
    ["(a+|ba+){2}c", "two repetitions of the same characters in a row"],
    ["(a{0,20}){10}b", "two repetitions of the same characters in a row"],
    ["((a{1,3}){10}){10}b", "a repetition inside a repeated group"],
    ["(a*)\\1+", "two repetitions of the same characters in a row"],
  ])("%s is refused for %s", (source, reason) => {
    expect(() => new RegExp(source)).not.toThrow();
    expect(explosivePart(source)).toBe(reason);
  });
});
