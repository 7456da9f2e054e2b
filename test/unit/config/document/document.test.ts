import { describe, expect, it } from "vitest";
import { problemsOf, small } from "../example.ts";

const bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" +
  [..."bcdefgh"].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`)}]\n`).join(
    "",
  );

describe("a text that is not YAML", () => {
  it.each([
    ["a tab as indentation", "a:\n\tb: 1\n", "2:1 error : a tab cannot indent; use spaces"],
    [
      "a reserved character",
      "a: @x\n",
      "1:4 error : a value cannot begin with this character; put it in quotes",
    ],
    ["an unclosed quote", "a: 'x\n", "2:1 error : a quote, a bracket, a comma or a colon is missing"],
    [
      "a second document",
      "a: 1\n---\nb: 2\n",
      "2:1 error : a second document begins here; keep one, without a line ---",
    ],
    ["an unknown tag", "a: !env NAME\n", "1:4 error : unknown tag; put a value that begins with ! in quotes"],
    [
      "an alias of nothing",
      "a: *b\n",
      "1:4 error : an alias (*name) without an anchor (&name) before it; " +
      "put a value that begins with * in quotes",
    ],
    ["an alias bomb", bomb, "1:1 error : too many aliases (*name), or one inside its own anchor"],
    [
      "an alias in its own anchor",
      "a: &x [*x]\n",
      "1:1 error : too many aliases (*name), or one inside its own anchor",
    ],
    ["a list as a key", "? [a]\n: 1\n", "1:3 error : a key must be a text, not a list or a map"],
    [
      "other than UTF-8",
      "a: 1\nb: x\uFFFD\n",
      "2:5 error : not UTF-8 text here; save the file as UTF-8 " +
      "(Windows PowerShell's > writes UTF-16)",
    ],
  ])("is refused for %s", (_, text, ...expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it("has each of its errors named at its place", () => {
    expect(problemsOf("a: @x\nb: 1\nc: %y\n").map((problem) => problem.slice(0, 9))).toEqual([
      "1:4 error",
      "3:4 error",
    ]);
  });

  it("hides no other problem when a key stands twice", () => {
    const text = small({ input: ["id: 10002", "bogus: 1"] });
    expect(problemsOf(text)).toEqual([
      "10:5 error : this key stands twice in its block; keep one",
      '11:5 error inputs.a.bogus: unknown key "bogus"; known: id, enabled, tenant_id, credentials, environment, ' +
      "override_top_level_domain, override_base_url, override_login_url, override_scope_value, override_scope, " +
      "requests_per_second, request_per_second, requests_limits, services",
    ]);
  });
});

describe("a text that is nested too deeply", () => {
  const deep = (depth: number) =>
    Array.from({ length: depth }, (_, index) => `${" ".repeat(index)}b:`).join("\n");

  it.each([
    ["blocks", deep(3000)],
    ["blocks that end again", `${deep(3000)}\nc: 1`],
    ["lists", `${"- ".repeat(3000)}x`],
    ["brackets", `a: ${"[".repeat(3000)}${"]".repeat(3000)}\nb: 1`],
  ])("is a problem of the text: %s", (_, text) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^\d+:\d+ error : nested too deeply to be read$/);
  });
});
