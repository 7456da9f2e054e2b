import { expect } from "vitest";
import { KEY_WORDS, type KeyTable } from "../../src/state/seen/keyTable.ts";
import { randomKeys } from "./tableKeys.ts";

/** Adds keys of these and removes some, by chance, and expects of the table what a Set says. */
export function compareWithSet(table: KeyTable, keys: Int32Array): void {
  const oracle = new Set<number>();
  const count = keys.length / KEY_WORDS;
  const choices = randomKeys(count * 2);
  for (let step = 0; step < choices.length; step += 2) {
    const at = ((choices[step]! >>> 0) % count) * KEY_WORDS;
    const [done, wanted] = choices[step + 1]! & 3
      ? [table.add(keys, at), !oracle.has(at) && Boolean(oracle.add(at))]
      : [table.remove(keys, at), oracle.delete(at)];
    if (done !== wanted) expect.fail(`step ${step}: ${done}`);
  }
  expect(table.size).toBe(oracle.size);
  for (let at = 0; at < keys.length; at += KEY_WORDS) {
    if (table.has(keys, at) !== oracle.has(at)) expect.fail(`the Set says otherwise of key at ${at}`);
  }
}
