import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Inventory, openInventory } from "../../../src/state/inventory.ts";
import { noFence } from "../../../src/files/hold.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";
const open = (folder: string) =>
  openInventory(folder, { now: () => 0, report: () => {}, readOnly: false, fence: noFence });
const inventory = (records: Inventory["records"]): Inventory => ({
  records,
  reads: 3,
  wasEmpty: false,
  page: null,
});

describe("an inventory", () => {
  it("keeps the name of a record where there is one", () => {
    const folder = tempFolder();
    const kept = inventory([
      { id: KEY, key: OTHER, absent: 2, name: '"Tür \\u0041"' },
      { id: OTHER, key: KEY, absent: 0 },
    ]);
    open(folder).save(kept);
    expect(open(folder).load()).toEqual(kept);
    const { records } = JSON.parse(readFileSync(join(folder, "inventory.json"), "utf8"));
    expect(records).toEqual([[KEY, OTHER, 2, '"Tür \\u0041"'], [OTHER, KEY, 0]]);
  });

  it("is read as it was before there were names, and without one that is none", () => {
    const folder = tempFolder();
    const rows = [[KEY, OTHER, 1], [OTHER, KEY, 0, 7]];
    writeFileSync(
      join(folder, "inventory.json"),
      JSON.stringify({ version: 1, reads: 3, was_empty: false, page: null, records: rows }),
    );
    expect(open(folder).load()).toEqual(inventory([
      { id: KEY, key: OTHER, absent: 1 },
      { id: OTHER, key: KEY, absent: 0 },
    ]));
  });
});
