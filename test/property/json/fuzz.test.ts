/** Scanners against `JSON.parse`, on documents that chance makes; `npm run bench -- fuzz` judges many more. */
import { describe, expect, it } from "vitest";
import { latin1 } from "../../support/framed.ts";
import { deepPage, outcomeOf } from "../../support/pageOutcome.ts";
import { judgeSeed, scanners } from "../../support/scannerJudge.ts";

const SEEDS = 3000;

describe(`${SEEDS} random pages, each as it is and damaged, in random pieces and whole`, () => {
  it("are taken as JSON.parse takes them, the records byte for byte", () => {
    const tally = { pages: 0, accepted: 0, refused: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) judgeSeed(seed, tally);
    // Otherwise the test would judge nothing.
    expect(Math.min(tally.accepted, tally.refused), JSON.stringify(tally)).toBeGreaterThan(SEEDS / 10);
  });
});

const DEEP = 250_000;

describe.each(Object.keys(scanners))("%s", (name) => {
  it.each([
    ["objects", deepPage(DEEP, '{"a":', "1", "}")],
    ["arrays", deepPage(DEEP, "[", "", "]")],
    ["both", deepPage(DEEP, '[{"a":', "null", "}]")],
  ])(`hands out a record of ${DEEP} levels of %s`, (_, document) => {
    expect(outcomeOf(name, document).records.map(({ length }) => length)).toEqual([
      7,
      document.length - '{"value":[{"a":1},,{"c":1}]}'.length,
      7,
    ]);
  });

  it.each([
    ["one level too few", deepPage(DEEP, "[", "", "]").replace("]}", "}")],
    ["one level too many", deepPage(DEEP, "[", "", "]").replace("]}", "]]}")],
    ["a level that ends as another began", deepPage(DEEP, "[", "{]", "]")],
  ])(`refuses a record of ${DEEP} levels with %s, after the one before it`, (_, document) => {
    const { records, refusal } = outcomeOf(name, document);
    expect(records.map(latin1)).toEqual(['{"a":1}']);
    expect(refusal).toMatch(/^page-invalid: /);
  });
});
