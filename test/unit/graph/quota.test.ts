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
      await quota.acquire();
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
    await Promise.all([1, 2, 3, 4].map((turn) => quota.acquire().then(() => served.push(turn))));
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it("lets nobody through while Graph wants to be left alone", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 100, seconds: 1 }, clock);
    quota.pause(17_000);
    await quota.acquire();
    expect(clock.now() - NOW).toBe(17_000);
  });

  it("gives up its place when told to stop, and others move up", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 1, seconds: 10 }, clock);
    await quota.acquire();
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    const [first, second] = [quota.acquire(stop.signal), quota.acquire()];
    await expect(first).rejects.toThrow("stopped");
    await second;
    expect(clock.now() - NOW).toBe(10_000);
  });

  it("does not wait for hours when the host's clock is set back", async () => {
    const clock = manualClock(NOW);
    const quota = createQuota({ requests: 1, seconds: 10 }, clock);
    await quota.acquire();
    clock.advance(-7_200_000);
    const before = clock.now();
    await quota.acquire();
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
});
