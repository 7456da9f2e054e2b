import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { buildTable, createTable, KEY_WORDS } from "../../../../src/state/seen/table.ts";

/** `count` random keys, as words. */
function randomKeys(count: number): Int32Array {
  const bytes = new Uint8Array(count * 16);
  for (let at = 0; at < bytes.length; at += 65_536) {
    bytes.set(randomBytes(Math.min(65_536, bytes.length - at)), at);
  }
  return new Int32Array(bytes.buffer);
}

/** Keys that differ in one word only, and in its low bits only: the worst that a caller could hand over. */
function countingKeys(count: number, word: number): Int32Array {
  const keys = new Int32Array(count * KEY_WORDS);
  for (let index = 0; index < count; index++) keys[index * KEY_WORDS + word] = index + 1;
  return keys;
}

describe("a table of keys", () => {
  it("takes no more than 24 bytes a key, grown key by key or built at once", () => {
    const count = 200_000;
    const keys = randomKeys(count);
    const grown = createTable();
    for (let at = 0; at < keys.length; at += KEY_WORDS) grown.add(keys, at);
    const built = buildTable(count, (append) => append(keys, 0, keys.length));
    for (const table of [grown, built]) {
      expect(table.size).toBe(count);
      expect(table.byteLength / count).toBeLessThanOrEqual(24);
      for (let at = 0; at < keys.length; at += KEY_WORDS) {
        if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
      }
    }
  });

  it("agrees with a Set through thousands of additions and removals", () => {
    const keys = randomKeys(3000);
    const table = createTable();
    const oracle = new Set<number>();
    const choices = randomKeys(10_000);
    for (let step = 0; step < choices.length; step += 2) {
      const at = ((choices[step]! >>> 0) % 3000) * KEY_WORDS;
      const [done, wanted] = choices[step + 1]! & 1
        ? [table.add(keys, at), !oracle.has(at) && Boolean(oracle.add(at))]
        : [table.remove(keys, at), oracle.delete(at)];
      if (done !== wanted) expect.fail(`step ${step}: ${done}`);
    }
    expect(table.size).toBe(oracle.size);
    for (let at = 0; at < keys.length; at += KEY_WORDS) expect(table.has(keys, at)).toBe(oracle.has(at));
  });

  it.each([0, 1, 2, 3])("keeps its speed for keys that count up in word %i", (word) => {
    const keys = countingKeys(20_000, word);
    const table = createTable();
    const started = performance.now();
    for (let at = 0; at < keys.length; at += KEY_WORDS) table.add(keys, at);
    expect(table.size).toBe(20_000);
    // Milliseconds are what it takes; crowding would make it minutes.
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([10, 500_000])(
    "built at once from an estimate of %i, and with repetitions, is the same",
    (estimate) => {
      const keys = randomKeys(5000);
      const table = buildTable(estimate, (append) => {
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

  it("of few keys takes little memory, and divides without losing one", () => {
    expect(createTable().byteLength).toBeLessThan(1024);
    const keys = randomKeys(20_000);
    const table = createTable();
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      expect(table.add(keys, at)).toBe(true);
      expect(table.add(keys, at)).toBe(false);
    }
    expect(table.size).toBe(20_000);
    for (let at = 0; at < keys.length; at += KEY_WORDS) expect(table.remove(keys, at)).toBe(true);
    expect(table.size).toBe(0);
  });

  it("takes removed keys again, wherever they lay", () => {
    const keys = countingKeys(64, 0);
    const table = createTable();
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < keys.length; at += KEY_WORDS) expect(table.add(keys, at)).toBe(true);
      for (let at = keys.length - KEY_WORDS; at >= 0; at -= KEY_WORDS) {
        expect(table.remove(keys, at)).toBe(true);
      }
      expect(table.size).toBe(0);
    }
  });
});
