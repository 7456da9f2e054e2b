import { describe, expect, it } from "vitest";
import { simulateDays } from "../support/simulation.ts";

const DAYS = { days: 2, perDay: 4000, periodSeconds: 300 };

describe("records that reach Graph late and out of order", () => {
  it.each([1, 2, 3])("are all delivered, each once, at a bounded cost: seed %i", async (seed) => {
    const result = await simulateDays({ ...DAYS, seed });
    expect(result).toMatchObject({ expected: 8000, missing: 0, repeated: 0 });
    expect(result.lateFound).toBeGreaterThan(50);
    expect(result.sweepRequests / result.liveRequests).toBeLessThanOrEqual(0.6);
  }, 60_000);

  it("are lost by a reader that never looks again", async () => {
    const result = await simulateDays({ ...DAYS, seed: 1, settings: { sweepAfterSeconds: [] } });
    expect(result.missing).toBeGreaterThan(20);
    expect(result.repeated).toBe(0);
  }, 60_000);

  it("are found by a schedule of one's own, if it reaches far enough", async () => {
    const far = await simulateDays({ ...DAYS, seed: 1, settings: { sweepAfterSeconds: [3600, 25_000] } });
    expect(far).toMatchObject({ missing: 0, repeated: 0 });
    const near = await simulateDays({ ...DAYS, seed: 1, settings: { sweepAfterSeconds: [600] } });
    expect(near.missing).toBeGreaterThan(0);
  }, 60_000);
});
