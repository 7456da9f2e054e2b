/** Configurations that were made to do harm. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { fromMillis } from "../../../src/instant.ts";
import { createRegistry } from "../../../src/plugin/registry.ts";
import { plugins } from "../../../plugins/index.ts";

const parse = (text: string) =>
  parseConfig(text, {
    file: "config.yaml",
    registry: createRegistry(plugins),
    now: fromMillis(Date.UTC(2026, 10, 22)),
    env: {},
    readFile: () => "",
  });

/** Each line repeats the one before. */
const doubled = (levels: number, width: number, line: (inner: string) => string) =>
  [
    "x-0: &a0 {k: lol}",
    ...Array.from({ length: levels }, (_, n) =>
      `x-${n + 1}: &a${n + 1} ${line(Array(width).fill(`*a${n}`).join(","))}`),
  ].join("\n");

describe("a configuration", () => {
  it.each([
    ["whose aliases unfold to a billion values", doubled(9, 9, (inner) => `[${inner}]`), /too many aliases/],
    ["whose merged blocks unfold likewise", doubled(9, 9, (inner) => `{<<: [${inner}]}`), /too many aliases/],
    ["whose alias lies within its own anchor", "x-a: &a [*a]\ninputs: *a", /./],
    ["of 10,000 nested lists", `inputs: ${"[".repeat(10_000)}${"]".repeat(10_000)}`, /nested too deeply/],
    [
      "of 10,000 nested blocks",
      `inputs: ${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
      /nested too deeply/,
    ],
    [
      "of 1,000 indented blocks",
      Array.from({ length: 1000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      /./,
    ],
  ])("%s is refused in words", (_, text, words) => {
    const { config, problems } = parse(text);
    expect(config).toBeNull();
    expect(problems.map(({ message }) => message).join("\n")).toMatch(words);
  });

  it("of nothing but 20,000 brackets is refused in few words", () => {
    const { problems } = parse("[".repeat(20_000));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  it("cannot reach the prototypes of objects", () => {
    const { config, problems } = parse(
      JSON.stringify({ inputs: {} }).replace(
        '"inputs":{}',
        '"__proto__":{"debug":true,"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
          '"globals":{"__proto__":{"allow_insecure_urls":true,"polluted":1}},' +
          '"inputs":{"__proto__":{"id":"1","polluted":1},"toString":{},"constructor":{"id":"2"}}',
      ),
    );
    expect(config).toBeNull();
    expect(problems.map(({ key, message }) => `${key} ${message}`).join("\n")).toMatch(
      /unknown key "__proto__"/,
    );
    expect("polluted" in {} || "debug" in {} || "allow_insecure_urls" in {}).toBe(false);
  });

  it("has no control characters in what is said about it", () => {
    const { problems } = parse('{"inputs":{"a\\u001b[2J\\nforged\\u009b\\u202e":{"id\\u001b\\n":1}}}');
    expect(problems.length).toBeGreaterThan(0);
    for (const { key, message } of problems) {
      expect(`${key} ${message}`).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });
});
