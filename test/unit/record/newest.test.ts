import { describe, expect, it } from "vitest";
import { type Instant, parseInstant } from "../../../src/instant.ts";
import { createNewestKeeper } from "../../../src/record/newest.ts";

const at = (second: number) =>
  parseInstant(`2026-11-22T16:00:${String(second).padStart(2, "0")}Z`) as Instant;

/** What is newest after records of these seconds and ids, in their order. */
function newestOf(records: readonly [number, string | null][], known: [number, string[]] | null = null) {
  const keeper = createNewestKeeper(known && { time: at(known[0]), ids: known[1] });
  for (const [second, id] of records) {
    const bytes = new TextEncoder().encode(JSON.stringify(id));
    keeper.meet(at(second), bytes, id === null ? -1 : 0, id === null ? -1 : bytes.length);
    // Records are valid only while they are met.
    bytes.fill(0);
  }
  return keeper.newest();
}

describe("the newest record", () => {
  it.each<[string, [number, string | null][], number, string[]]>([
    ["is the last where they come oldest first", [[1, "a"], [2, "b"], [3, "c"]], 3, ["c"]],
    ["is the first where they come newest first", [[3, "c"], [2, "b"], [1, "a"]], 3, ["c"]],
    ["is all that have the same time", [[3, "c"], [1, "a"], [3, 'd\u00e9"']], 3, ["c", 'd\u00e9"']],
    ["may have no id", [[3, null], [3, "d"]], 3, ["d"]],
  ])("%s", (_, records, second, ids) => {
    expect(newestOf(records)).toEqual({ time: at(second), ids });
  });

  it("is what was known before until a newer one comes, and joins those of its time", () => {
    expect(newestOf([], null)).toBeNull();
    expect(newestOf([[1, "a"]], [3, ["c"]])).toEqual({ time: at(3), ids: ["c"] });
    expect(newestOf([[3, "d"]], [3, ["c"]])).toEqual({ time: at(3), ids: ["c", "d"] });
    expect(newestOf([[4, "e"]], [3, ["c"]])).toEqual({ time: at(4), ids: ["e"] });
  });

  it("keeps no more ids than have 16 KiB together", () => {
    const long = "x".repeat(1_000_000);
    const some = "y".repeat(9000);
    expect(newestOf([[3, "a"], [3, long], [3, some], [3, `${some}2`], [3, "b"]])?.ids).toEqual([
      "a",
      some,
      "b",
    ]);
  });

  it("can be asked for between records, and keeps a hundred ids", () => {
    const keeper = createNewestKeeper(null);
    for (let i = 0; i < 130; i++) {
      const bytes = new TextEncoder().encode(`"${i}"`);
      keeper.meet(at(1), bytes, 0, bytes.length);
      expect(keeper.newest()?.ids.length).toBe(Math.min(i + 1, 100));
    }
  });
});
