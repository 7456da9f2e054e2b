/** Files that a program wrote, with the same mistake in each of thousands of inputs. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../src/config/config.ts";
import { loadConfig, parseConfig } from "../../../src/config/load.ts";
import { shownProblems } from "../../../src/config/problems.ts";
import { options } from "./example.ts";

const INPUTS = 20_000;
const inputs = (block: (n: number) => string, name = (n: number) => `in${n}`) =>
  `inputs:\n${Array.from({ length: INPUTS }, (_, n) => `  ${name(n)}: ${block(n)}\n`).join("")}`;

describe("a configuration of 20,000 inputs", () => {
  // In minutes, if a key, an id or an anchor were looked for among all others each time.
  it.each([
    ["each of them wrong", inputs(() => "5"), INPUTS, "20001:12 inputs.in19999"],
    ["each with the id of another", inputs(() => "{id: a}"), 3 * INPUTS - 1, "20001:17 inputs.in19999.id"],
    ["each an alias of nothing", inputs(() => "*a"), 20, "21:9 "],
    ["each by the same name", inputs(() => "{id: a}", () => "in"), 22, "20001:3 inputs.in.services"],
  ])("%s, is judged in seconds, each problem at its place", (_, text, count, last) => {
    const since = performance.now();
    const { problems } = parseConfig(text, options());
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(problems).toHaveLength(count);
    const { line, column, key } = problems.at(-1)!;
    expect(`${line}:${column} ${key}`).toBe(last);
  }, 120_000);
});

describe("of many problems", () => {
  const problems = (severity: Problem["severity"], count: number, from = 1): Problem[] =>
    Array.from({ length: count }, (_, n) => ({ severity, line: from + n, column: 1, key: "", message: "" }));
  const shown = (found: readonly Problem[]) =>
    shownProblems(found, ({ severity, line }) => `${severity} ${line}`);

  it("all are shown up to a hundred", () => {
    expect(shown(problems("warning", 100))).toEqual(
      problems("warning", 100).map(({ line }) => `warning ${line}`),
    );
  });

  it("only the first hundred are shown, and how many more there are", () => {
    const lines = shown(problems("error", 10_000));
    expect(lines).toHaveLength(101);
    expect(lines.slice(-2)).toEqual(["error 100", "and 9900 more, to be seen when these are mended"]);
  });

  it("no error is hidden by warnings before it", () => {
    const lines = shown([...problems("warning", 200), ...problems("error", 2, 201)]);
    expect(lines.slice(-4)).toEqual([
      "warning 98",
      "error 201",
      "error 202",
      "and 102 more, to be seen when these are mended",
    ]);
  });

  it("the message of a refused file keeps the count of all", () => {
    const text = `inputs:\n${Array.from({ length: 150 }, (_, n) => `  in${n}: 5\n`).join("")}`;
    let message = "";
    try {
      loadConfig(text, options());
    } catch (error) {
      message = (error as Error).message;
    }
    const lines = message.split("\n");
    expect(lines).toHaveLength(102);
    expect(lines[0]).toBe("config/config.yaml has 150 errors");
    expect(lines.at(-1)).toBe("and 50 more, to be seen when these are mended");
  });
});
