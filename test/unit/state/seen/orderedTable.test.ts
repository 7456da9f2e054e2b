import { describe, expect, it } from "vitest";
import { KEY_WORDS, type KeyTable } from "../../../../src/state/seen/keyTable.ts";
import { createOrderedTables } from "../../../../src/state/seen/orderedTable.ts";
import { crowdedKeys, randomKeys } from "../../../support/tableKeys.ts";
import { compareWithSet } from "../../../support/tableOracle.ts";

/** A table in WebAssembly, which each runtime that is tested has. */
function made(table: KeyTable | null): KeyTable {
  if (table === null) throw new Error("there is no memory for a table");
  return table;
}

describe("an ordered table", () => {
  it("agrees with a Set while it grows from nothing to thousands", () => {
    compareWithSet(made(createOrderedTables().create(0)), randomKeys(5000));
  });

  it.each([[0, 1000], [0.5, 1000], [0.999, 1000]])(
    "agrees with a Set where all hashes begin at %d of their range",
    (from, count) => compareWithSet(made(createOrderedTables().create(0)), crowdedKeys(count, from)),
  );

  it("tells which of many keys are new, in their order", () => {
    const table = made(createOrderedTables().create(10));
    const keys = randomKeys(3000);
    const fresh = new Int32Array(4000);
    for (const number of [7, 1500, 2999]) table.add(keys, number * KEY_WORDS);
    const twice = new Int32Array([...keys, ...keys.subarray(0, 1000 * KEY_WORDS)]);
    expect(table.addAll(twice, 4000, fresh)).toBe(2997);
    const expected = Array.from({ length: 3000 }, (_, number) => number).filter((n) =>
      ![7, 1500, 2999].includes(n)
    );
    expect([...fresh.subarray(0, 2997)]).toEqual(expected);
    expect(table.addAll(twice, 4000, fresh)).toBe(0);
  });

  it.each([100, 5000, 50_000])(
    "built at once of 5,000 keys, for an estimate of %i, is as one that they were added to",
    (estimate) => {
      const keys = randomKeys(5000);
      const table = made(
        createOrderedTables().build(estimate, (append) => {
          append(keys, 0, keys.length);
          append(keys, 400, 8000);
        }),
      );
      expect(table.size).toBe(5000);
      for (let at = 0; at < keys.length; at += KEY_WORDS) {
        if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
      }
      for (let at = 0; at < keys.length; at += KEY_WORDS) {
        if (!table.remove(keys, at)) expect.fail(`not removed: key at ${at}`);
      }
      expect(table.slots.every((word) => word === 0)).toBe(true);
    },
  );

  it("built at once of keys whose hashes crowd is as one that they were added to", () => {
    const keys = crowdedKeys(3000, 0.999);
    const table = made(createOrderedTables().build(9000, (append) => append(keys, 0, keys.length)));
    expect(table.size).toBe(3000);
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
    }
  });
});
