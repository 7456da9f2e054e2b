/** Processor time for pages of records, to a pipe, against programs that do less. */
import { amountRow, median, type Pair, type Point, ratioRow, rounded, type Row } from "./figures.ts";
import { type GraphServer, startGraph } from "./graphServer.ts";
import { type Cost, measure } from "./measure.ts";
import { pulled } from "./pull.ts";
import { alike, allOf, inRounds, ratios } from "./rounds.ts";
import { type ShapeName, SHAPES } from "./shapes.ts";
import type { ProgramName, Workshop } from "./workshop.ts";

const FLOOR = "our connection and inflater alone";
const OLD_FLOOR = "undici and zlib's streams alone";
const NODE_HTTP = "node:http and gunzipSync, written through";
const PARSED = "fetch().json() and JSON.stringify";

/** The pages that others read, too: 100,000 records. */
export const COMPARED = { pages: 100 };

/** What is promised against {@linkcode NODE_HTTP}, by the shape of the records. */
const SIXTY: readonly (readonly [ShapeName, number | null])[] = [
  ["signIns", 1.4],
  ["audits", 1.4],
  ["alerts", null],
];

export async function throughput(workshop: Workshop, runs: number, quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [shape, target] of SIXTY) {
    if (!quick || target !== null) rows.push(...await sixtyPages(workshop, shape, target, runs));
  }
  if (quick) return rows;
  rows.push(...await longRun(workshop, runs));
  for (const shape of ["signIns", "longSignIns"] as const) {
    rows.push(...await compared(workshop, shape, runs));
  }
  return rows;
}

/** Start included, which is a part of what a pull of a minute's records costs. */
async function sixtyPages(
  workshop: Workshop,
  shape: ShapeName,
  target: number | null,
  runs: number,
): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 60, shape });
  const { nodeHttp, floor2, graphtap } = await inRounds(runs, {
    nodeHttp: other(workshop, graph, "nodeHttp"),
    floor2: other(workshop, graph, "floor2"),
    graphtap: () => pulled(workshop, graph),
  });
  graph.close();
  alike("two floors", nodeHttp, floor2);
  const what = whatOf(60, shape);
  return [
    ratioRow(what, NODE_HTTP, ratios(graphtap, nodeHttp), target),
    { ...ratioRow(what, FLOOR, ratios(graphtap, floor2), null), detail: true },
  ];
}

async function longRun(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 400 });
  const { floor, floor2, graphtap } = await inRounds(runs, {
    floor: other(workshop, graph, "floor"),
    floor2: other(workshop, graph, "floor2"),
    graphtap: () => pulled(workshop, graph),
  });
  graph.close();
  alike("two floors", floor, floor2);
  const what = whatOf(400, "signIns");
  return [
    ratioRow(what, FLOOR, ratios(graphtap, floor2), 1.4),
    { ...ratioRow(what, OLD_FLOOR, ratios(graphtap, floor), null), detail: true },
  ];
}

async function compared(workshop: Workshop, shape: ShapeName, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { ...COMPARED, shape });
  // The slow one varies little, and takes long.
  const { floor, floor2, graphtap, parsed } = await inRounds(Math.ceil(runs / 2), {
    floor: other(workshop, graph, "floor"),
    floor2: other(workshop, graph, "floor2"),
    graphtap: () => pulled(workshop, graph),
    parsed: other(workshop, graph, "parsed"),
  });
  graph.close();
  const more = graphtap.map(({ peakBytes }, run) => (peakBytes - floor[run]!.peakBytes) / 1e6);
  return [
    { ...comparison(shape, FLOOR, graphtap, floor2, null), detail: true },
    comparison(shape, PARSED, graphtap, allOf(parsed, graph.records), 1 / 7),
    amountRow(`peak memory, 100 pages of ${SHAPES[shape].called}`, OLD_FLOOR, more, "MB", 24),
  ];
}

function other(workshop: Workshop, graph: GraphServer, name: ProgramName): () => Promise<Cost> {
  return () => measure(workshop, [workshop.program(name), graph.url]);
}

function whatOf(pages: number, shape: ShapeName): string {
  return `CPU, ${pages} pages of 1,000 ${SHAPES[shape].called}`;
}

/** What we need for each unit of processor time of another program that reads {@linkcode COMPARED}. */
export function comparison(
  shape: ShapeName,
  against: string,
  own: readonly Cost[],
  others: readonly Cost[],
  target: number | null,
): Row {
  const pair: Pair = { own: point(own), other: point(others) };
  return { ...ratioRow(whatOf(COMPARED.pages, shape), against, ratios(own, others), target), pair };
}

function point(costs: readonly Cost[]): Point {
  return {
    cpuSeconds: rounded(median(costs.map(({ cpuMs }) => cpuMs)) / 1000),
    peakMb: rounded(median(costs.map(({ peakBytes }) => peakBytes)) / 1e6),
  };
}
