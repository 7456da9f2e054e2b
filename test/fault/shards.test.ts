/** A fleet of shards over a day: one is killed each hour, and three become four as the documentation says. */
import process from "node:process";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/emulator/random.ts";
import { faultTable } from "../support/faultTable.ts";
import { type Fleet, openFleet } from "./oracle/fleet.ts";
import { PAGE } from "./oracle/moments.ts";

const INPUTS = 8;
/** `GRAPHTAP_SEED=17 npx vitest run test/fault/shards.test.ts` plays another day. */
const SEEDS = (process.env["GRAPHTAP_SEED"] ?? "1").split(",").map(Number);
const record = faultTable();

/** Hours in which one of the shards is killed in the middle of its polls, and started again. */
async function hours(fleet: Fleet, count: number, of: number, seed: number): Promise<void> {
  const random = createRandom(seed);
  for (let hour = 0; hour < count; hour++) {
    fleet.hourPasses();
    await fleet.pollAll(of, random.int(0, of - 1));
  }
}

/** Hours in which nothing goes wrong: what a killed process did not come to, and what was late. */
async function quietHours(fleet: Fleet, count: number, of: number): Promise<void> {
  for (let hour = 0; hour < count; hour++) {
    await fleet.pollAll(of);
    fleet.hourPasses(true);
  }
  await fleet.pollAll(of);
}

async function firstStart(fleet: Fleet, of: number): Promise<void> {
  for (let index = 0; index < of; index++) {
    const codes = await fleet.start({ index, of });
    expect(new Set(codes), "the first start of all").toEqual(new Set(["position-elsewhere"]));
    await fleet.state(index, ["adopt"]);
    expect(await fleet.start({ index, of })).toEqual([]);
  }
}

describe("shards", () => {
  it.each(SEEDS)("lose nothing over a day of kills and a rescale: seed %i", async (seed) => {
    const fleet = openFleet(INPUTS, seed);
    await firstStart(fleet, 3);
    await hours(fleet, 12, 3, seed);

    const early = await fleet.start({ index: 3, of: 4 });
    expect(early.length, "a new shard waits for what others have").toBeGreaterThan(0);
    expect(new Set(early)).toEqual(new Set(["position-elsewhere"]));
    for (const index of [0, 1, 2]) {
      const moved = await fleet.state(index, ["export", "--move", "--shard", "3/4"]);
      await expect(fleet.state(3, ["import"], moved.slice(0, -1).split("\n").slice(0, -1).join("\n")))
        .rejects.toMatchObject({ code: "usage" });
      await fleet.state(3, ["import", "--shard", "3/4"], moved);
      await fleet.state(3, ["import", "--shard", "3/4"], moved);
    }
    expect(await fleet.start({ index: 3, of: 4 })).toEqual([]);
    // An old shard that comes back with the old number reads nothing of what was moved.
    const back = await fleet.start({ index: 0, of: 3 });
    expect(new Set(back).size).toBeLessThanOrEqual(1);

    await hours(fleet, 12, 4, seed + 100);
    // Polls of an hour earn few re-reads (tap/late/credit.ts): so long until the deepest has come to all that was late.
    await quietHours(fleet, 90, 4);

    let duplicated = 0;
    for (const [input, { lost, foreign, beforeCause, repeated }] of fleet.verdicts()) {
      expect({ lost, foreign, beforeCause }, input).toEqual({ lost: [], foreign: [], beforeCause: [] });
      for (const [life, count] of repeated) {
        expect(fleet.killed.has(life), `${input}: only what a killed process had written comes again`).toBe(
          true,
        );
        expect(count, `${input}: at most the page in flight`).toBeLessThanOrEqual(PAGE);
        duplicated += count;
      }
    }
    expect(fleet.killed.size).toBeGreaterThan(12);
    const said = `${fleet.killed.size} kills`;
    record({
      fault: "shards: kill -9 of one an hour for a day, three become four",
      lost: 0,
      duplicated,
      said,
    });
  });
});
