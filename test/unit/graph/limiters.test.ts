import { describe, expect, it } from "vitest";
import { createLimiters } from "../../../src/graph/limiters.ts";
import { manualClock } from "../../support/manualClock.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);

describe("the limiters of a process", () => {
  const app = { tenantId: "contoso.example", clientId: "app" };
  const limiters = createLimiters(manualClock(NOW));

  it("are shared by the streams of one application in one tenant", () => {
    expect(limiters.of(app, "reports")).toBe(
      limiters.of({ tenantId: "CONTOSO.example", clientId: "App" }, "reports"),
    );
  });

  it.each([
    ["another tenant", { ...app, tenantId: "fabrikam.example" }, "reports"],
    ["another application", { ...app, clientId: "other" }, "reports"],
    ["another family of collections", app, "security"],
  ])("are separate for %s", (_, other, name) => {
    expect(limiters.of(other, name as "reports")).not.toBe(limiters.of(app, "reports"));
  });

  it("count all applications of a tenant together where Graph does", () => {
    const other = limiters.of({ ...app, clientId: "other" }, "identity-protection");
    expect(other).toBe(limiters.of(app, "identity-protection"));
  });

  it("count scores among the requests of security, as Graph does", async () => {
    const clock = manualClock(NOW);
    const both = createLimiters(clock);
    for (let i = 0; i < 150; i++) (await both.of(app, "security").acquire("live")).answered();
    await both.of(app, "scores").acquire("live");
    expect(clock.now() - NOW).toBe(60_000);
  });

  // The published figures (throttling-limits).
  it.each(
    [
      ["reports", 5, 10],
      ["security", 150, 60],
      ["scores", 150, 60],
      ["scores", 10_000, 600],
      ["identity-protection", 1, 1],
      ["intune", 1000, 20],
      ["service-communications", 240, 60],
      ["service-communications", 800, 3600],
    ] as const,
  )("of %s are never above %i requests in any %i s", async (name, requests, seconds) => {
    const clock = manualClock(NOW);
    const limiter = createLimiters(clock).of(app, name);
    const starts: number[] = [];
    for (let i = 0; i < 3 * Math.min(requests, 1000); i++) {
      const permit = await limiter.acquire("live");
      starts.push(clock.now());
      permit.answered();
      permit.release();
      clock.advance(i % 7 * 30);
    }
    const crowded = starts.filter((start, i) => (starts[i + requests] ?? Infinity) - start < seconds * 1000);
    expect(crowded).toEqual([]);
  });
});
