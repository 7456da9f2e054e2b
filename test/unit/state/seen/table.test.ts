import { describe, expect, it } from "vitest";
import { KEY_WORDS } from "../../../../src/state/seen/keyTable.ts";
import { createTables } from "../../../../src/state/seen/table.ts";
import { countingKeys, randomKeys } from "../../../support/tableKeys.ts";
import { compareWithSet } from "../../../support/tableOracle.ts";

describe("a table of keys", () => {
  it("agrees with a Set through thousands of additions and removals", () => {
    compareWithSet(createTables().create(), randomKeys(3000));
  });

  it.each([10, 500_000])(
    "built at once from an estimate of %i, and with repetitions, is the same",
    (estimate) => {
      const keys = randomKeys(5000);
      const table = createTables().build(estimate, (append) => {
        append(keys, 0, keys.length);
        append(keys, 400, 8000);
      });
      expect(table.size).toBe(5000);
      for (let at = 0; at < keys.length; at += KEY_WORDS) {
        if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
      }
      expect(table.has(randomKeys(1), 0)).toBe(false);
      expect(table.byteLength / 5000).toBeLessThanOrEqual(40);
    },
  );

  it("of few keys takes little memory, and loses none when they become many", () => {
    expect(createTables().create().byteLength).toBeLessThan(1024);
    const keys = randomKeys(20_000);
    const table = createTables().create();
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      if (!table.add(keys, at) || table.add(keys, at)) expect.fail(`not added once: key at ${at}`);
    }
    expect(table.size).toBe(20_000);
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      if (!table.remove(keys, at)) expect.fail(`lost key at ${at}`);
    }
    expect(table.size).toBe(0);
  });

  it("holds many keys also where WebAssembly finds no memory, and asks for it once a table", () => {
    let asked = 0;
    const nowhere = { create: () => (asked++, null), build: () => null };
    const keys = randomKeys(20_000);
    const tables = createTables(nowhere);
    for (const table of [tables.create(), tables.build(20_000, () => {})]) {
      const fresh = new Int32Array(20_000);
      expect(table.addAll(keys, 20_000, fresh)).toBe(20_000);
      for (let at = 0; at < keys.length; at += KEY_WORDS) {
        if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
      }
    }
    expect(asked).toBe(2);
  });

  it("takes removed keys again, wherever they lay", () => {
    const keys = countingKeys(64, 0);
    const table = createTables().create();
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < keys.length; at += KEY_WORDS) expect(table.add(keys, at)).toBe(true);
      for (let at = keys.length - KEY_WORDS; at >= 0; at -= KEY_WORDS) {
        expect(table.remove(keys, at)).toBe(true);
      }
      expect(table.size).toBe(0);
    }
  });
});
