import { describe, expect, it } from "vitest";
import { createLimiter } from "../../../src/graph/limiter.ts";
import { manualClock } from "../../support/manualClock.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);

describe("a limiter", () => {
  it("never lets more requests through in any stretch of its seconds", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 4, seconds: 10 }, clock);
    const starts: number[] = [];
    for (let i = 0; i < 23; i++) {
      await limiter.acquire("live");
      starts.push(clock.now());
      clock.advance(i % 3 * 400);
    }
    const crowded = starts.filter((start, i) => (starts[i + 4] ?? Infinity) - start < 10_000);
    expect(crowded).toEqual([]);
    expect(clock.now() - NOW).toBeLessThan(60_000);
  });

  it("serves those who wait in the order in which they came", async () => {
    const limiter = createLimiter({ requests: 1, seconds: 1 }, manualClock(NOW));
    const served: number[] = [];
    await Promise.all([1, 2, 3, 4].map((turn) => limiter.acquire("live").then(() => served.push(turn))));
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it("lets nobody through while Graph wants to be left alone", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 100, seconds: 1 }, clock);
    limiter.throttled(17_000);
    await limiter.acquire("live");
    expect(clock.now() - NOW).toBe(17_000);
  });

  it("gives up its place when told to stop, and others move up", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 10 }, clock);
    await limiter.acquire("live");
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    const [first, second] = [limiter.acquire("live", stop.signal), limiter.acquire("live")];
    await expect(first).rejects.toThrow("stopped");
    await second;
    expect(clock.now() - NOW).toBe(10_000);
  });

  it("serves today's records before late ones, and late ones before old ones", async () => {
    const limiter = createLimiter({ requests: 1, seconds: 1 }, manualClock(NOW));
    await limiter.acquire("live");
    const served: string[] = [];
    await Promise.all(
      (["backfill", "reread", "live", "reread", "live"] as const).map((priority) =>
        limiter.acquire(priority).then(() => served.push(priority))
      ),
    );
    expect(served).toEqual(["live", "live", "reread", "reread", "backfill"]);
  });

  it("asks less often after a 429, and by and by as often as before", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 8, seconds: 10 }, clock);
    const through = async (stretchMs: number) => {
      const until = clock.now() + stretchMs;
      let count = 0;
      for (; clock.now() < until; count++) await limiter.acquire("live");
      return count;
    };
    limiter.throttled(0);
    expect(await through(60_000)).toBeLessThanOrEqual(5 * 7);
    clock.advance(600_000);
    expect(await through(60_000)).toBeGreaterThanOrEqual(8 * 6);
  });

  it("of one request asks less often after a 429, too", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 1 }, clock);
    limiter.throttled(0);
    for (let i = 0; i < 10; i++) await limiter.acquire("live");
    expect(clock.now() - NOW).toBeGreaterThan(9 * 1800);
  });

  it("does not wait for hours when the host's clock is set back", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 10 }, clock);
    await limiter.acquire("live");
    clock.advance(-7_200_000);
    const before = clock.now();
    await limiter.acquire("live");
    expect(clock.now()).toBe(before);
  });
});
