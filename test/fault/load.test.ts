/** Many streams in one process for hours: `npm run bench -- load` does the same with 400 of them for ten hours. */
import { describe, expect, it } from "vitest";
import { onDeno } from "../support/project.ts";
import { simulateLoad, slopeOf } from "../support/load.ts";

describe("40 streams for three hours", () => {
  it("keep their periods, starve none, lose and repeat nothing", { timeout: 60_000 }, async () => {
    const result = await simulateLoad({ inputs: 5, hours: 3, periodSeconds: 300, everySeconds: 120 });
    expect(result).toMatchObject({ streams: 40, failures: [], missing: 0, repeated: 0 });
    expect(result.polls, "each at the start, each period, and perhaps at the end").toBeGreaterThanOrEqual(
      40 * 36,
    );
    expect(result.worstDriftMs).toBe(0);
    expect(result.longestWaitPeriods).toBe(1);
    // A record comes two minutes after the one before, is read within five, and an answer takes 0.3 s.
    expect(result.longestDelaySeconds).toBeLessThan(305);
    // Only Node can be told to collect what is not needed, without which the slope says nothing.
    if (onDeno) return;
    const heap = result.samples.filter(({ hours }) => hours >= 1).map(({ hours, heapBytes }) => ({
      x: hours,
      y: heapBytes,
    }));
    const { slope } = slopeOf(heap);
    console.log(`${result.polls} polls, heap ${Math.round(slope / 1000)} kB an hour`);
    // What is remembered of 5,400 records, and the noise of a collector.
    expect(slope).toBeLessThan(1_500_000);
  });
});
