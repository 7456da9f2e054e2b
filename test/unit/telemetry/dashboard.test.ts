import { describe, expect, it } from "vitest";
import { dashboardText } from "../../../src/telemetry/dashboard.ts";
import { panelRows } from "../../../src/telemetry/panels.ts";

interface Placed {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly format?: string }[];
}

const dashboard = JSON.parse(dashboardText(panelRows)) as {
  readonly panels: readonly Placed[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const { panels } = dashboard;

/** The squares of the grid that a panel covers. */
function squares({ gridPos: { x, y, w, h } }: Placed): string[] {
  return Array.from({ length: w * h }, (_, at) => `${x + at % w},${y + Math.floor(at / w)}`);
}

describe("the dashboard", () => {
  it("has its panels side by side, none over another and none beyond the edge", () => {
    const covered = panels.flatMap(squares);
    expect(new Set(covered).size).toBe(covered.length);
    for (const { gridPos: { x, w } } of panels) expect(x + w).toBeLessThanOrEqual(24);
  });

  it("has a heading before the panels of each row", () => {
    const headings = panels.filter(({ type }) => type === "row").map(({ title }) => title);
    expect(headings).toEqual(panelRows.map(({ title }) => title));
    expect(panels).toHaveLength(panelRows.reduce((sum, row) => sum + 1 + row.panels.length, 0));
  });

  it("tells its panels and their queries apart", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets = [] } of panels) {
      expect(targets.map(({ refId }) => refId)).toEqual([..."ABCDEF"].slice(0, targets.length));
    }
  });

  it("asks by variables that it has", () => {
    const own = dashboard.templating.list.map(({ name }) => name);
    const asked = [...JSON.stringify(panels).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
    // The one is Grafana's own.
    expect([...new Set(asked)].filter((name) => name !== "__rate_interval").sort()).toEqual(own.sort());
  });
});
