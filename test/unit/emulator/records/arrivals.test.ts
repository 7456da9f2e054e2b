import { describe, expect, it } from "vitest";
import { simulate } from "../../../../src/emulator/records/arrivals.ts";
import { parseInstant } from "../../../../src/instant.ts";
import { emulate, idOf, manualClock, NOON, text } from "../setup.ts";

describe("arrivals", () => {
  it("bring records, some of them late, and changed alerts, until they are stopped", async () => {
    const clock = manualClock();
    const emulator = emulate({ clock });
    const stop = new AbortController();
    const sleep: typeof clock.sleep = (ms, signal) => {
      if (clock.now() >= NOON + 120_000) stop.abort();
      return clock.sleep(ms, signal);
    };
    await simulate(emulator, { clock: { now: clock.now, sleep }, signal: stop.signal });
    const times = emulator.records("directoryAudits").map((record) =>
      parseInstant(JSON.parse(text(record)).activityDateTime)?.seconds ?? 0
    );
    expect(times.length).toBeGreaterThan(100);
    const late = times.filter((at, index) => at < Math.max(...times.slice(0, index + 1)) - 2);
    expect(late.length).toBeGreaterThan(3);
    const states = emulator.records("alerts_v2").map((record) => JSON.parse(text(record)).status);
    expect(new Set(states)).toContain("inProgress");
    expect(new Set(emulator.records("signIns").map(idOf)).size).toBe(emulator.records("signIns").length);
  });
});
