/** Random regular expressions: what is taken for safe must not take forever on text made to make it. */
import { describe, expect, it } from "vitest";
import { explosivePart } from "../../../src/config/patternSafety.ts";
import { createRandom, type Random } from "../../../src/emulator/random.ts";

const PATTERNS = 6000;
/** On 40 characters, what explodes takes minutes, and what does not some microseconds. */
const LENGTHS = [12, 18, 24, 32, 40];
const LONG_MS = 150;

const ATOMS = [
  "a",
  "b",
  ".",
  "\\w",
  "\\d",
  "[ab]",
  "[^b]",
  "\\s",
  "1",
  "\\b",
  "^",
  "$",
  "\\1",
  "é",
  "\\W",
  "[a-f1]",
];
const REPEATS = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,20}", "*?", "+?", "{1,}?"];
const GROUPS = ["(", "(?:", "(?=", "(?!", "(?<=", "(?<n>"];

function pattern(random: Random, depth: number): string {
  const branches = Array.from(
    { length: random.pick([1, 1, 1, 2, 3]) },
    () =>
      Array.from({ length: random.int(1, 3) }, () => {
        const isGroup = depth < 3 && random.chance(0.4);
        const piece = isGroup ? `${random.pick(GROUPS)}${pattern(random, depth + 1)})` : random.pick(ATOMS);
        return random.chance(0.55) ? piece + random.pick(REPEATS) : piece;
      }).join(""),
  );
  return branches.join("|");
}

function compiled(source: string): RegExp | null {
  try {
    return new RegExp(source);
  } catch {
    return null;
  }
}

/** Texts that match for long and fail at their end. */
function* hostileTexts(random: Random): Generator<string> {
  for (const length of LENGTHS) {
    for (const unit of ["a", "ab", "1", "a1", " ", "aab", random.pick(["b", "é", "a ", "1 a"])]) {
      const text = unit.repeat(Math.ceil(length / unit.length));
      yield `${text}\n!`;
      yield `!${text}`;
    }
  }
}

describe(`${PATTERNS} random patterns`, () => {
  it("are refused, or end soon on any text", { timeout: 60_000 }, () => {
    const tally = { safe: 0, refused: 0 };
    for (let seed = 1; seed <= PATTERNS; seed++) {
      const random = createRandom(`pattern ${seed}`);
      const source = pattern(random, 0);
      const expression = compiled(source);
      if (expression === null) continue;
      if (explosivePart(source) !== null) {
        tally.refused++;
        continue;
      }
      tally.safe++;
      for (const text of hostileTexts(random)) {
        const since = performance.now();
        expression.test(text);
        const took = performance.now() - since;
        // A busy machine may pause once; what explodes does so again.
        if (took < LONG_MS) continue;
        const again = performance.now();
        expression.test(text);
        expect(performance.now() - again, `seed ${seed}: /${source}/ on ${JSON.stringify(text)}`)
          .toBeLessThan(LONG_MS);
      }
    }
    expect(Math.min(tally.safe, tally.refused), JSON.stringify(tally)).toBeGreaterThan(PATTERNS / 10);
    console.log(JSON.stringify(tally));
  });
});
