/** Pickles as the Python of this host writes them; `test/unit/migrate/pickle.test.ts` reads those of Python 3.11. */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readPickle } from "../../../src/migrate/pickle.ts";
import { readCases, refusedCases } from "../../support/pickleCases.ts";

/** What Python writes for an expression, by protocol; `null` when there is no Python here. */
function pythonPickles(expression: string): Buffer[] | null {
  const script = `import pickle, datetime, collections, os
for protocol in range(6):
    print(pickle.dumps(${expression}, protocol).hex())`;
  const { status, stdout } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  return status === 0 ? stdout.trim().split("\n").map((line) => Buffer.from(line, "hex")) : null;
}

const hasPython = pythonPickles("None") !== null;
if (!hasPython) console.warn("python3 is not here: pickles are tested by the fixtures alone");

describe.skipIf(!hasPython)("a pickle of this Python", () => {
  it.each(readCases)("of %s is read in every protocol", (expression, expected) => {
    for (const bytes of pythonPickles(expression)!) expect(readPickle(bytes)).toEqual(expected);
  });

  it.each(refusedCases)("of %s is refused, and the function named", (expression, name) => {
    for (const bytes of pythonPickles(expression)!) {
      expect(() => readPickle(bytes)).toThrow(name);
      expect(() => readPickle(bytes)).toThrow(/which is refused, at byte \d+/);
    }
  });
});
