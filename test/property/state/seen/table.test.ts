/** Tables of many keys. */
import { expect, it } from "vitest";
import { KEY_WORDS } from "../../../../src/state/seen/keyTable.ts";
import { createTables } from "../../../../src/state/seen/table.ts";
import { countingKeys, randomKeys } from "../../../support/tableKeys.ts";

it("A table of 200,000 keys takes no more than 24 bytes a key, grown key by key or built at once", () => {
  const count = 200_000;
  const keys = randomKeys(count);
  const grown = createTables().create();
  for (let at = 0; at < keys.length; at += KEY_WORDS) grown.add(keys, at);
  const built = createTables().build(count, (append) => append(keys, 0, keys.length));
  for (const table of [grown, built]) {
    expect(table.size).toBe(count);
    expect(table.byteLength / count).toBeLessThanOrEqual(24);
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      if (!table.has(keys, at)) expect.fail(`lost key at ${at}`);
    }
  }
});

it.each([0, 1, 2, 3])("Half a million keys that count up in word %i do not crowd", (word) => {
  const count = 500_000;
  const keys = countingKeys(count, word);
  const table = createTables().create();
  // A quarter of a second is what it takes; crowding would make it an hour, which the limit of the test ends.
  for (let at = 0; at < keys.length; at += KEY_WORDS) table.add(keys, at);
  expect(table.size).toBe(count);
});
