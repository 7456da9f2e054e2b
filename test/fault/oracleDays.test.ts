/**
 * Seeded random days of streams whose records a job collects or a query finds, judged by who served the records.
 *
 * `GRAPHTAP_SEED=17 npx vitest run test/fault/oracleDays.test.ts` plays one again, exactly as it was;
 * `GRAPHTAP_RUNS=300` plays as many new ones.
 */
import process from "node:process";
import { describe, expect, it } from "vitest";
import { type DaysReport, playDays } from "./oracle/days.ts";
import { ROWS } from "./oracle/daysGraph.ts";
import { PAGE } from "./oracle/moments.ts";

const { GRAPHTAP_SEED, GRAPHTAP_RUNS } = process.env;
const USUAL = [1, 4];

function seeds(): number[] {
  if (GRAPHTAP_SEED !== undefined) return GRAPHTAP_SEED.split(",").map(Number);
  if (GRAPHTAP_RUNS === undefined) return USUAL;
  const first = Math.floor(Math.random() * 1e9);
  return Array.from({ length: Number(GRAPHTAP_RUNS) }, (_, index) => first + index);
}

describe("days of jobs", () => {
  it.each(seeds())("nothing is lost, and no job is asked for twice: seed %i", async (seed) => {
    const report = await playDays("job", seed);
    expectDelivered(report, PAGE);
    const { gaps, askedTwice, forgotten } = report;
    expect({ gaps, askedTwice, forgotten }).toEqual({ gaps: [], askedTwice: [], forgotten: 0 });
  });
});

describe("days of queries", () => {
  it.each(seeds())("nothing is lost, and full answers make windows narrower: seed %i", async (seed) => {
    const report = await playDays("query", seed);
    expectDelivered(report, ROWS);
    expect(report.fullAnswers).toBeGreaterThan(0);
    // What remains is what no window is narrow enough for.
    for (const { reason, records } of report.gaps) {
      expect(reason).toBe("window-too-large");
      expect(records).toBeGreaterThanOrEqual(ROWS);
    }
  });
});

function expectDelivered(report: DaysReport, mayRepeat: number): void {
  const { lost, foreign, beforeCause, repeated, killed, wanted, log } = report;
  if (GRAPHTAP_SEED !== undefined) console.log(log.join(""));
  expect({ lost, foreign, beforeCause }).toEqual({ lost: [], foreign: [], beforeCause: [] });
  expect(wanted).toBeGreaterThan(100);
  for (const [life, count] of repeated) {
    const most = killed.has(life) ? mayRepeat : 0;
    expect(count, `records repeated after life ${life}`).toBeLessThanOrEqual(most);
  }
}
