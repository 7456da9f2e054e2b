import { describe, expect, it } from "vitest";
import { alertGroups } from "../../../src/telemetry/alerts.ts";

const alertsOf = (options: Parameters<typeof alertGroups>[0]) =>
  alertGroups(options).flatMap(({ alerts }) => alerts);

describe("the alerts", () => {
  it("are told apart by their names", () => {
    const names = alertsOf({ job: "graphtap" }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^Graphtap[A-Z][A-Za-z]+$/);
  });

  it("look at the job that they are told", () => {
    const down = alertsOf({ job: "taps" }).find(({ name }) => name === "GraphtapDown")!;
    expect(down.expr).toBe('up{job="taps"} == 0 or absent(up{job="taps"})');
  });

  it("keep another pace throughout", () => {
    const fast = alertsOf({ job: "graphtap", pace: (seconds) => seconds / 60 });
    const stale = fast.find(({ name }) => name === "GraphtapStreamStale")!;
    expect([stale.expr, stale.forSeconds]).toEqual([
      "graphtap_freshness_seconds > 3 * graphtap_period_seconds and graphtap_freshness_seconds > 15",
      5,
    ]);
    const silent = fast.find(({ name }) => name === "GraphtapStreamSilent")!;
    expect(silent.expr).toContain("[6m] offset 24m)");
  });
});
