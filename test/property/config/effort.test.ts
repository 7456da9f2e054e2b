import { describe, expect, it } from "vitest";
import { createEffort } from "../../../src/config/patterns/effort.ts";
import type { Node } from "../../../src/config/patterns/tree.ts";
import { pattern } from "../../support/patterns.ts";

const replace = (source: string, text: string) => pattern(source).replace(text, () => "#");

describe("a long text", () => {
  it.each([
    ["[0-9]", "1", "#"],
    ["[a-z]+", "abc ", "# "],
    ["\\b\\w+\\b", "abc ", "# "],
    ["[^@ ]+@[^@ ]+\\.com", "ada@x.com ", "# "],
    ["(?m)^.*$", "a line\n", "#\n"],
    ["(?:\\d{1,3}\\.){3}\\d{1,3}", "10.0.0.17 ", "# "],
    ["(?<=u)[0-9]+(?= )", "u17 ", "u# "],
    ["é😀?", "é😀é", "##"],
  ])("is searched where %s reads about as much as it takes", (source, unit, masked) => {
    const result = replace(source, unit.repeat(2_000));
    // Behind the last line feed there is one more line, of nothing.
    expect(result).toBe(masked.repeat(2_000) + (source.startsWith("(?m)") ? "#" : ""));
  });

  it("is masked whole when all matches together read its square", () => {
    expect(replace("a.*b{100}|a", "a".repeat(20_000))).toBe("#");
  });

  it("is searched by such a pattern as long as it is no longer than values are", () => {
    expect(replace("a.*b{10}|a", "a".repeat(2_000))).toBe("#".repeat(2_000));
  });
});

describe("the effort on a text", () => {
  const a: Node = { kind: "chars", chars: [97, 97] };
  const endless: Node = { kind: "repeat", node: a, min: 0, max: Infinity, isLazy: false };
  const three: Node = { kind: "repeat", node: a, min: 0, max: 3, isLazy: false };
  const LENGTH = 10_000;
  // A tenth of 100,000,000, as no tree here has more than ten characters, and 20 for each character.
  const MOST = 10_200_000;

  /** How many searches from the start, each with a match there, until the effort is spent. */
  function searchesOf(tree: Node, text: string): number {
    const effort = createEffort([tree])(text, LENGTH)!;
    const search = effort.counting(() => [0, 1]);
    for (let searches = 1;; searches++) {
      search(0);
      if (effort.isSpent()) return searches;
    }
  }

  it.each([
    ["one character, and the next", a, "a", 2],
    ["three characters, and the next", three, "a", 4],
    ["to the end, by an endless repetition", endless, "a", LENGTH],
    ["to what the repetition does not take", endless, "aaab", 4],
    ["so far and one further", { kind: "sequence", nodes: [endless, a] } as Node, "aaab", 8],
    ["as the branch that reads most", { kind: "branches", nodes: [a, three, endless] } as Node, "b", 4],
  ])("counts %s", (_, tree, unit, read) => {
    const text = unit.repeat(LENGTH / unit.length);
    expect(searchesOf(tree, text)).toBe(Math.floor(MOST / read) + 1);
  });

  it("lets a larger pattern read less", () => {
    const large: Node = { kind: "sequence", nodes: [...Array<Node>(99).fill(three), endless] };
    // Of its 299 parts, 297 may take a character that is no part of the endless repetition: up to the 298th b.
    const most = Math.floor(100_000_000 / 299) + 20 * LENGTH;
    expect(searchesOf(large, "ab".repeat(LENGTH / 2))).toBe(Math.floor(most / 596) + 1);
  });

  it("counts all that is left where nothing is found", () => {
    const effort = createEffort([a])("b".repeat(LENGTH), LENGTH)!;
    const search = effort.counting(() => null);
    const searches = MOST / (LENGTH - 100);
    for (let index = 0; index < Math.floor(searches); index++) search(100);
    expect(effort.isSpent()).toBe(false);
    search(100);
    expect(effort.isSpent()).toBe(true);
  });
});
