import { describe, expect, it } from "vitest";
import type { Problem } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { shownProblems } from "../../../src/config/problems.ts";
import { options } from "./example.ts";

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
