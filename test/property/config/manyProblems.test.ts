/** Files that a program wrote, with the same mistake in each of thousands of inputs. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { options } from "../../unit/config/example.ts";

const INPUTS = 20_000;
const inputs = (block: (n: number) => string, name = (n: number) => `in${n}`) =>
  `inputs:\n${Array.from({ length: INPUTS }, (_, n) => `  ${name(n)}: ${block(n)}\n`).join("")}`;

describe("a configuration of 20,000 inputs", () => {
  // In minutes, if a key, an id or an anchor were looked for among all others each time.
  it.each([
    ["each of them wrong", inputs(() => "5"), INPUTS, "20001:12 inputs.in19999"],
    ["each with the id of another", inputs(() => "{id: a}"), 3 * INPUTS - 1, "20001:17 inputs.in19999.id"],
    ["each an alias of nothing", inputs(() => "*a"), 20, "21:9 "],
    ["each by the same name", inputs(() => "{id: a}", () => "in"), 22, "20001:3 inputs.in.credentials"],
  ])("%s, is judged without a hang, each problem at its place", (_, text, count, last) => {
    const { problems } = parseConfig(text, options());
    expect(problems).toHaveLength(count);
    const { line, column, key } = problems.at(-1)!;
    expect(`${line}:${column} ${key}`).toBe(last);
  });
});
