import { expect, it } from "vitest";
import { metrics } from "../../../src/telemetry/metrics.ts";
import { panelRows } from "../../../src/telemetry/panels.ts";

/** Others say the same: the build info, and how long ago. */
const NOT_SHOWN = ["graphtap_info", "graphtap_last_success_timestamp_seconds"];

it("the panels show every metric of the table", () => {
  const asked = panelRows.flatMap(({ panels }) => panels)
    .flatMap(({ queries }) => queries)
    .flatMap(({ expr }) => expr.match(/\b(?:graphtap|process)_[a-z_]+/g) ?? [])
    .map((name) => name.replace(/_bucket$/, ""));
  expect([...new Set([...asked, ...NOT_SHOWN])].sort()).toEqual(Object.keys(metrics).sort());
});

it("the panels of a row have names of their own", () => {
  for (const { panels } of panelRows) {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  }
});
