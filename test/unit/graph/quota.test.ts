import { describe, expect, it } from "vitest";
import { createQuota, createQuotas } from "../../../src/graph/quota.ts";
import { manualClock } from "../../support/manualClock.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);

describe("a quota", () => {
  it("never lets more requests through in any stretch of its seconds", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 4, seconds: 10 }, clock);
    const starts: number[] = [];
    for (let i = 0; i < 23; i++) {
      await quota.acquire("live");
      starts.push(clock.now());
      clock.advance(i % 3 * 400);
    }
    const crowded = starts.filter((start, i) => (starts[i + 4] ?? Infinity) - start < 10_000);
    expect(crowded).toEqual([]);
    expect(clock.now() - NOW).toBeLessThan(60_000);
  });

  it("serves those who wait in the order in which they came", async () => {
    const quota = createQuota({ requests: 1, seconds: 1 }, manualClock(NOW));
    const served: number[] = [];
    await Promise.all([1, 2, 3, 4].map((turn) => quota.acquire("live").then(() => served.push(turn))));
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it("lets nobody through while Graph wants to be left alone", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 100, seconds: 1 }, clock);
    quota.throttled(17_000);
    await quota.acquire("live");
    expect(clock.now() - NOW).toBe(17_000);
  });

  it("gives up its place when told to stop, and others move up", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 1, seconds: 10 }, clock);
    await quota.acquire("live");
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    const [first, second] = [quota.acquire("live", stop.signal), quota.acquire("live")];
    await expect(first).rejects.toThrow("stopped");
    await second;
    expect(clock.now() - NOW).toBe(10_000);
  });

  it("serves today's records before late ones, and late ones before old ones", async () => {
    const quota = createQuota({ requests: 1, seconds: 1 }, manualClock(NOW));
    await quota.acquire("live");
    const served: string[] = [];
    await Promise.all(
      (["backfill", "sweep", "live", "sweep", "live"] as const).map((priority) =>
        quota.acquire(priority).then(() => served.push(priority))
      ),
    );
    expect(served).toEqual(["live", "live", "sweep", "sweep", "backfill"]);
  });

  it("asks less often after a 429, and by and by as often as before", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 8, seconds: 10 }, clock);
    const through = async (stretchMs: number) => {
      const until = clock.now() + stretchMs;
      let count = 0;
      for (; clock.now() < until; count++) await quota.acquire("live");
      return count;
    };
    quota.throttled(0);
    expect(await through(60_000)).toBeLessThanOrEqual(5 * 7);
    clock.advance(600_000);
    expect(await through(60_000)).toBeGreaterThanOrEqual(8 * 6);
  });

  it("of one request asks less often after a 429, too", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 1, seconds: 1 }, clock);
    quota.throttled(0);
    for (let i = 0; i < 10; i++) await quota.acquire("live");
    expect(clock.now() - NOW).toBeGreaterThan(9 * 1800);
  });

  it("does not wait for hours when the host's clock is set back", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 1, seconds: 10 }, clock);
    await quota.acquire("live");
    clock.advance(-7_200_000);
    const before = clock.now();
    await quota.acquire("live");
    expect(clock.now()).toBe(before);
  });
});

describe("the quotas of a process", () => {
  const app = { tenantId: "contoso.example", clientId: "app" };
  const quotas = createQuotas({}, manualClock(NOW));

  it("are shared by the streams of one application in one tenant", () => {
    expect(quotas.of(app, "reports")).toBe(
      quotas.of({ tenantId: "CONTOSO.example", clientId: "App" }, "reports"),
    );
  });

  it.each([
    ["another tenant", { ...app, tenantId: "fabrikam.example" }, "reports"],
    ["another application", { ...app, clientId: "other" }, "reports"],
    ["another family of collections", app, "security"],
  ])("are separate for %s", (_, other, name) => {
    expect(quotas.of(other, name as "reports")).not.toBe(quotas.of(app, "reports"));
  });

  it("count all applications of a tenant together where Graph does", () => {
    const other = quotas.of({ ...app, clientId: "other" }, "identity-protection");
    expect(other).toBe(quotas.of(app, "identity-protection"));
  });

  it("count scores among the requests of security, as Graph does", async () => {
    const clock = manualClock(NOW);
    const both = createQuotas({}, clock);
    for (let i = 0; i < 140; i++) await both.of(app, "security").acquire("live");
    await both.of(app, "scores").acquire("live");
    expect(clock.now() - NOW).toBe(60_000);
  });

  // The published figures (throttling-limits), of which the used ones stay short.
  it.each(
    [
      ["reports", 5, 10],
      ["security", 150, 60],
      ["scores", 150, 60],
      ["scores", 10_000, 600],
      ["identity-protection", 1, 1],
    ] as const,
  )("of %s are never above %i requests in any %i s", async (name, requests, seconds) => {
    const clock = manualClock(NOW);
    const quota = createQuotas({}, clock).of(app, name);
    const starts: number[] = [];
    for (let i = 0; i < 3 * Math.min(requests, 1000); i++) {
      const leave = await quota.acquire("live");
      starts.push(clock.now());
      leave();
      clock.advance(i % 7 * 30);
    }
    const crowded = starts.filter((start, i) => (starts[i + requests] ?? Infinity) - start < seconds * 1000);
    expect(crowded).toEqual([]);
  });
});
