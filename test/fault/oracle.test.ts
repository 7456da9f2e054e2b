/**
 * Seeded random runs over services, sinks, formats, moments and faults, judged by who served the records.
 *
 * `GRAPHTAP_SEED=17 npx vitest run test/fault/oracle.test.ts` plays one again, `GRAPHTAP_RUNS=300` plays as many new
 * ones. The seed decides what is done; the moments themselves depend on the machine, as they do in life.
 */
import process from "node:process";
import { describe, expect, it } from "vitest";
import { describePlan, planOf } from "./oracle/plan.ts";
import { MOMENTS } from "./oracle/moments.ts";
import { play } from "./oracle/play.ts";

const { GRAPHTAP_SEED, GRAPHTAP_RUNS } = process.env;

/** One of each moment. */
const USUAL = MOMENTS.map((_, index) => 1000 * MOMENTS.length + index);

function seeds(): number[] {
  if (GRAPHTAP_SEED !== undefined) return GRAPHTAP_SEED.split(",").map(Number);
  if (GRAPHTAP_RUNS === undefined) return USUAL;
  const first = Math.floor(Math.random() * 1e9);
  return Array.from({ length: Number(GRAPHTAP_RUNS) }, (_, index) => first + index);
}

describe("over any number of process lives", () => {
  it.each(seeds())("nothing is lost, nothing comes from nowhere: seed %i", async (seed) => {
    const plan = planOf(seed);
    const { lost, foreign, beforeCause, repeated, mayRepeat, wanted, lives } = await play(plan);
    const told = [
      describePlan(plan),
      ...lives.map((life) => `${life.moment}: ${life.reached ? "reached" : "missed"}, ${life.code}`),
    ];
    if (GRAPHTAP_SEED !== undefined) console.log([...told, ...lives.map((life) => life.stderr)].join("\n"));
    expect({ lost, foreign, beforeCause }, told.join("\n")).toEqual({
      lost: [],
      foreign: [],
      beforeCause: [],
    });
    expect(repeated, `records repeated; ${told.join("\n")}`).toBeLessThanOrEqual(mayRepeat);
    expect(wanted).toBeGreaterThan(0);
  }, 60_000);
});
