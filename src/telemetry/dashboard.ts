/** The dashboard as Grafana imports it (grafana.com/docs, "Dashboard JSON model"). */
import { metricName } from "./metrics.ts";
import type { Panel, PanelRow } from "./panels.ts";
import { RUNBOOK } from "./rulesFile.ts";

const COLUMNS = 24;
const HEIGHTS = { stat: 4, lines: 8, table: 8 } as const;
/** Grafana's names for the kinds of panels. */
const TYPES = { stat: "stat", lines: "timeseries", table: "table" } as const;
/** Colours by the value. */
const PLAIN = { mode: "absolute", steps: [{ color: "text", value: null }] } as const;
const RED_ABOVE_NONE = {
  mode: "absolute",
  steps: [{ color: "green", value: null }, { color: "red", value: 1e-9 }],
} as const;
/** Grafana wants all of its members. */
const RUNBOOK_LINK = {
  title: "Runbook",
  type: "link",
  url: RUNBOOK,
  icon: "doc",
  tooltip: "",
  tags: [],
  asDropdown: false,
  targetBlank: true,
  includeVars: false,
  keepTime: false,
} as const;
const SOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** The text of a dashboard. Its data source is chosen after it was imported. */
export function dashboardText(rows: readonly PanelRow[]): string {
  const dashboard = {
    uid: "graphtap",
    title: "graphtap",
    tags: ["graphtap"],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    links: [RUNBOOK_LINK],
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: { list: [sourceVariable(), ...["instance", "input", "service"].map(variable)] },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function sourceVariable() {
  return { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" };
}

/** A choice among the values of a label. */
function variable(label: string) {
  return {
    name: label,
    label,
    type: "query",
    datasource: SOURCE,
    query: `label_values(${
      metricName(label === "instance" ? "graphtap_build_info" : "graphtap_period_seconds")
    }, ${label})`,
    // When the range of time changes: streams come and go.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { text: ["All"], value: ["$__all"] },
  };
}

/** Headings and panels with their places, from left to right and from top to bottom. */
function placed(rows: readonly PanelRow[]): object[] {
  const all: object[] = [];
  let [x, y, height] = [0, 0, 0];
  const place = (width: number, tall: number) => {
    if (x + width > COLUMNS) [x, y, height] = [0, y + height, 0];
    const at = { x, y, w: width, h: tall };
    x += width;
    height = Math.max(height, tall);
    return { id: all.length + 1, gridPos: at };
  };
  for (const { title, panels } of rows) {
    [x, y, height] = [0, y + height, 0];
    all.push({ type: "row", title, collapsed: false, panels: [], ...place(COLUMNS, 1) });
    for (const panel of panels) all.push({ ...panelOf(panel), ...place(panel.width, HEIGHTS[panel.kind]) });
  }
  return all;
}

function panelOf({ title, kind, unit, queries, description, isBad = false }: Panel) {
  const isNow = kind !== "lines";
  return {
    type: TYPES[kind],
    title,
    ...(description !== undefined && { description }),
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, at) => ({
      refId: refId(at),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(isNow ? { instant: true, range: false } : { range: true }),
      ...(kind === "table" && { format: "table" }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(kind === "lines" && { min: 0 }),
        ...(kind === "stat" && { thresholds: isBad ? RED_ABOVE_NONE : PLAIN }),
      },
      overrides: [],
    },
    ...(kind === "table" && { transformations: columns(queries.map(({ legend }) => legend)) }),
  };
}

/** One line for each set of labels, its values named by the queries that they come from. */
function columns(names: readonly string[]): object[] {
  const values = names.map((name, at) => [names.length === 1 ? "Value" : `Value #${refId(at)}`, name]);
  return [
    { id: "merge", options: {} },
    { id: "organize", options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(values) } },
  ];
}

function refId(at: number): string {
  return String.fromCharCode("A".charCodeAt(0) + at);
}
