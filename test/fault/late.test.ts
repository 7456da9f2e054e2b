import { describe, expect, it } from "vitest";
import { simulateDays } from "../support/simulation.ts";

const DAYS = { days: 1, perDay: 20_000, periodSeconds: 300 };

describe("records that reach Graph late and out of order", () => {
  it.each([1, 2])("are all delivered, each once, at a bounded cost: seed %i", async (seed) => {
    const result = await simulateDays({ ...DAYS, alertsPerDay: 100, seed });
    expect(result).toMatchObject({ expected: 20_000, missing: 0, repeated: 0 });
    expect(result.alerts, "alerts that change").toEqual({ expected: 100, missing: 0, repeated: 0 });
    expect(result.lateFound).toBeGreaterThan(100);
    // What is free on a page is taken to look at the last minutes again.
    expect(result.hoursUntilDelivered(0.99)).toBeLessThan(0.1);
    expect(result.rereadRequests / result.liveRequests).toBeLessThanOrEqual(0.6);
    expect(result.mostInTenSeconds).toBeLessThanOrEqual(5);
    expect(result.lagging.lost, "by a reader with one fixed lag").toBeGreaterThan(100);
  });

  it("are all delivered when they are more than re-reads of every step could be paid for", async () => {
    const result = await simulateDays({ ...DAYS, perDay: 150_000, daysAfter: 4, seed: 3 });
    expect(result).toMatchObject({ expected: 150_000, missing: 0, repeated: 0 });
    expect(result.rereadRequests / result.liveRequests).toBeLessThanOrEqual(0.6);
  });

  it("are lost by a reader that never looks again", async () => {
    const result = await simulateDays({ ...DAYS, seed: 1, settings: { rereadAfterSeconds: [] } });
    expect(result.missing).toBeGreaterThan(20);
    expect(result.repeated).toBe(0);
  });

  it("are found by a schedule of one's own, if it reaches far enough", async () => {
    const far = await simulateDays({ ...DAYS, seed: 1, settings: { rereadAfterSeconds: [3600, 25_000] } });
    expect(far).toMatchObject({ missing: 0, repeated: 0 });
    const near = await simulateDays({ ...DAYS, seed: 1, settings: { rereadAfterSeconds: [600] } });
    expect(near.missing).toBeGreaterThan(0);
  });
});
