import { describe, expect, it } from "vitest";
import { createLimiter } from "../../../src/graph/limiter.ts";
import type { Limiter, Priority } from "../../../src/graph/limiter.ts";
import { manualClock } from "../../support/manualClock.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);

/** A request that takes no time. */
async function pass(limiter: Limiter, priority: Priority = "live", signal?: AbortSignal): Promise<void> {
  const permit = await limiter.acquire(priority, signal);
  permit.answered();
  permit.release();
}

describe("a limiter", () => {
  it("never lets more requests through in any stretch of its seconds", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 4, seconds: 10 }, clock);
    const starts: number[] = [];
    for (let i = 0; i < 23; i++) {
      await pass(limiter);
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
    await Promise.all([1, 2, 3, 4].map((turn) => pass(limiter).then(() => served.push(turn))));
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it("lets nobody through while Graph wants to be left alone", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 100, seconds: 1 }, clock);
    limiter.throttled(17_000);
    await pass(limiter);
    expect(clock.now() - NOW).toBe(17_000);
  });

  it("tells how much of its budget is used, and that none is left in a pause", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 4, seconds: 10 }, clock);
    expect(limiter.used()).toBe(0);
    for (let i = 0; i < 3; i++) await pass(limiter);
    expect(limiter.used()).toBe(0.75);
    clock.advance(10_000);
    expect(limiter.used()).toBe(0);
    limiter.throttled(1000);
    expect(limiter.used()).toBe(1);
    clock.advance(1000);
    expect(limiter.used()).toBe(0);
  });

  it("gives up its place when told to stop, and others move up", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 10 }, clock);
    await pass(limiter);
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    const [first, second] = [pass(limiter, "live", stop.signal), pass(limiter)];
    await expect(first).rejects.toThrow("stopped");
    await second;
    expect(clock.now() - NOW).toBe(10_000);
  });

  it("serves today's records before late ones, and late ones before old ones", async () => {
    const limiter = createLimiter({ requests: 1, seconds: 1 }, manualClock(NOW));
    await pass(limiter);
    const served: string[] = [];
    await Promise.all(
      (["backfill", "reread", "live", "reread", "live"] as const).map((priority) =>
        pass(limiter, priority).then(() => served.push(priority))
      ),
    );
    expect(served).toEqual(["live", "live", "reread", "reread", "backfill"]);
  });

  it("asks less often after a 429, and as often as before within two stretches", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 8, seconds: 10 }, clock);
    const through = async (stretchMs: number) => {
      const until = clock.now() + stretchMs;
      let count = 0;
      for (; clock.now() < until; count++) await pass(limiter);
      return count;
    };
    limiter.throttled(0);
    expect(await through(10_000)).toBeLessThan(8);
    clock.advance(10_000);
    expect(await through(60_000)).toBeGreaterThanOrEqual(8 * 6);
  });

  it("asks less and less often while 429s go on, but not so when requests are refused together", async () => {
    const shareAfter = async (pauses: readonly number[]) => {
      const clock = manualClock(NOW);
      const limiter = createLimiter({ requests: 8, seconds: 10 }, clock);
      for (const ms of pauses) {
        limiter.throttled(1000);
        clock.advance(ms);
      }
      await pass(limiter);
      const began = clock.now();
      let count = 1;
      for (; count < 20; count++) {
        await pass(limiter);
        if (clock.now() > began) break;
      }
      return count;
    };
    expect(await shareAfter([0, 0, 0, 1000])).toBe(4);
    expect(await shareAfter([1000, 1000, 1000])).toBe(2);
  });

  it("of one request asks less often after a 429, too", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 1 }, clock);
    limiter.throttled(0);
    for (let i = 0; i < 10; i++) await pass(limiter);
    expect(clock.now() - NOW).toBeGreaterThan(9_500);
    expect(clock.now() - NOW).toBeLessThan(12_000);
  });

  it("does not wait for hours when the host's clock is set back", async () => {
    const clock = manualClock(NOW);
    const limiter = createLimiter({ requests: 1, seconds: 10 }, clock);
    await pass(limiter);
    clock.advance(-7_200_000);
    const before = clock.now();
    await pass(limiter);
    expect(clock.now()).toBe(before);
  });
});

it("a permit is had at once or not at all by who does not wait, and none before who does", () => {
  const clock = manualClock(NOW);
  const limiter = createLimiter({ requests: 2, seconds: 86_400 }, clock);
  expect([limiter.tryAcquire(), limiter.tryAcquire(), limiter.tryAcquire()].map((permit) => permit !== null))
    .toEqual([true, true, false]);
  expect(clock.now()).toBe(NOW);
  clock.advance(86_400_000 + 10_000);
  limiter.throttled(60_000);
  expect(limiter.tryAcquire(), "during a pause").toBeNull();
});
