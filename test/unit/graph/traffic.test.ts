import { describe, expect, it } from "vitest";
import { createLimiter } from "../../../src/graph/limiter.ts";
import { createDurations, createInputTraffic, createStreamTraffic } from "../../../src/graph/traffic.ts";
import { manualClock } from "../../support/manualClock.ts";

describe("the traffic of a stream", () => {
  it("has its answers by the first digit of their status, and what had none", () => {
    const durations = createDurations();
    const traffic = createStreamTraffic(createInputTraffic(manualClock()), durations("signIns"));
    for (const status of [200, 206, 429, 503, null, 999]) traffic.answered(status, 700);
    expect(Object.fromEntries(traffic.answers)).toEqual({ "2xx": 2, "4xx": 1, "5xx": 1, "none": 2 });
    expect(traffic.durations.sum).toBeCloseTo(3.5);
    expect(durations("signIns")).toBe(traffic.durations);
  });
});

describe("the traffic of an input", () => {
  it("has tokens that were given, and requests for one that failed", async () => {
    const traffic = createInputTraffic(manualClock());
    const good = traffic.issuing(() => Promise.resolve({ token: "t", lifetimeSeconds: 60 }));
    const bad = traffic.issuing(() => Promise.reject(new Error("refused")));
    await good();
    await expect(bad()).rejects.toThrow("refused");
    await expect(bad(AbortSignal.abort())).rejects.toThrow("refused");
    expect(traffic).toMatchObject({ tokens: 1, tokenFailures: 1 });
  });

  it("has how long requests waited for a budget, by what they are for", async () => {
    const clock = manualClock();
    const traffic = createInputTraffic(clock);
    const limiter = traffic.limiting("reports", createLimiter({ requests: 1, seconds: 10 }, clock));
    for (const priority of ["live", "live", "backfill"] as const) {
      (await limiter.acquire(priority)).answered();
    }
    const budget = traffic.budgets.get("reports")!;
    expect(Object.fromEntries(budget.permits)).toEqual({
      live: { given: 2, waitedMs: 10_000 },
      backfill: { given: 1, waitedMs: 10_000 },
    });
    expect(budget.limiters.map((one) => one.used())).toEqual([1]);
  });
});
