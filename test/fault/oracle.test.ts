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
import { type LifeReport, play } from "./oracle/play.ts";
import { faultTable } from "../support/faultTable.ts";

const { GRAPHTAP_SEED, GRAPHTAP_RUNS } = process.env;

/** For each moment the first of its runs that is short. */
const USUAL = MOMENTS.map((moment, index) => {
  for (let seed = index;; seed += MOMENTS.length) {
    const { lives, services } = planOf(seed);
    const ofIt = lives.at(-1)!.moment === moment && lives.at(-1)!.command === "pull";
    if (ofIt && services.length === 1 && lives.length <= (moment.needsPast ? 2 : 1)) return seed;
  }
});

function seeds(): number[] {
  if (GRAPHTAP_SEED !== undefined) return GRAPHTAP_SEED.split(",").map(Number);
  if (GRAPHTAP_RUNS === undefined) return USUAL;
  const first = Math.floor(Math.random() * 1e9);
  return Array.from({ length: Number(GRAPHTAP_RUNS) }, (_, index) => first + index);
}

const record = faultTable();

describe("over any number of process lives", () => {
  it.each(seeds())("nothing is lost, nothing comes from nowhere: seed %i", async (seed) => {
    const plan = planOf(seed);
    const { lost, foreign, beforeCause, repeated, mayRepeat, wanted, lives } = await play(plan);
    const told = [describePlan(plan), ...lives.map(toldLife)].join("\n");
    if (GRAPHTAP_SEED !== undefined) console.log([told, ...lives.map((life) => life.stderr)].join("\n"));
    expect({ lost, foreign, beforeCause }, told).toEqual({ lost: [], foreign: [], beforeCause: [] });
    expect(wanted).toBeGreaterThan(0);
    for (const [life, { moment, reached, violent, code }] of lives.entries()) {
      const duplicated = repeated.get(life) ?? 0;
      expect(duplicated, `records repeated after life ${life}; ${told}`).toBeLessThanOrEqual(
        violent ? mayRepeat : 0,
      );
      // A SIGTERM that comes before the program can hear it ends it without a word.
      if (!reached || (code === null && moment.startsWith("SIGTERM"))) continue;
      const said = code === null ? "" : `exit code ${code}`;
      record({
        fault: `process: ${
          moment.startsWith("SIGTERM") || moment.startsWith("its") ? "" : "kill -9 "
        }${moment}`,
        lost: lost.length,
        duplicated,
        said,
      });
    }
    expect(
      [...repeated.keys()].every((life) => life < lives.length),
      `repeated by a pull that nothing disturbed; ${told}`,
    )
      .toBe(true);
  });
});

const toldLife = ({ moment, reached, code }: LifeReport) =>
  `${moment}: ${reached ? "reached" : "missed"}, ${code}`;
