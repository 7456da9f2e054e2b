import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isOfShard, parseShard, shardOf, shardText } from "../../../src/config/shard.ts";

const ids = Array.from({ length: 4000 }, (_, index) => `tenant-${index}`);

describe("a shard", () => {
  it.each([
    ["0/1", { index: 0, of: 1 }],
    ["3/4", { index: 3, of: 4 }],
    ["999/1000", { index: 999, of: 1000 }],
  ])("is written as %s", (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
    expect(shardText(shard)).toBe(text);
  });

  it.each(["", "4/4", "0/0", "1", "-1/4", "1/4/", " 1/4", "1.5/4", "0/1001", "$(POD_INDEX)/4", "a/b"])(
    "is not written as %j",
    (text) => expect(parseShard(text)).toBeNull(),
  );
});

describe("inputs among shards", () => {
  it.each([1, 2, 3, 7, 32])("go to one of %i each, in about equal parts", (of) => {
    const counts = Array<number>(of).fill(0);
    for (const id of ids) counts[shardOf(id, of)]!++;
    const fair = ids.length / of;
    for (const count of counts) expect(Math.abs(count - fair)).toBeLessThan(5 * Math.sqrt(fair) + 1);
    for (const id of ids.slice(0, 50)) {
      const owners = counts.filter((_, index) => isOfShard(id, { index, of }));
      expect(owners).toHaveLength(1);
    }
  });

  it.each([1, 3, 9])("stay where they are when %i shards become one more, or go to the new one", (of) => {
    const moved = ids.filter((id) => shardOf(id, of) !== shardOf(id, of + 1));
    expect(moved.every((id) => shardOf(id, of + 1) === of)).toBe(true);
    const expected = ids.length / (of + 1);
    expect(Math.abs(moved.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it("go where the README's one-line rule says, in any language", () => {
    const weight = (index: number, id: string) => createHash("sha256").update(`${index}/${id}`).digest("hex");
    for (const id of ["10001", "Zürich 🦊", ""]) {
      const weights = [0, 1, 2, 3].map((index) => weight(index, id));
      expect(shardOf(id, 4)).toBe(weights.indexOf(weights.toSorted().at(-1)!));
    }
  });

  it("all go to the only process", () => expect(ids.every((id) => isOfShard(id, null))).toBe(true));
});
