/** Processor time for 100 pages of 1,000 sign-ins, and the memory at its highest. */
import { amountRow, median, type Pair, type Point, ratioRow, rounded, type Row } from "./figures.ts";
import { type GraphServer, startGraph } from "./graphServer.ts";
import { type Cost, measure } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const RECORDS = 100_000;
const WHAT = "CPU, 100 pages of 1,000 sign-ins";

export async function throughput(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, {});
  const costs = { graphtap: [] as Cost[], floor: [] as Cost[], parsed: [] as Cost[] };
  for (let run = 0; run < runs; run++) {
    costs.floor.push(await measure(workshop, [workshop.program("floor"), graph.url]));
    costs.graphtap.push(await pulled(workshop, graph));
    // The slow one varies little, and takes long.
    if (run < runs / 2) costs.parsed.push(await measure(workshop, [workshop.program("parsed"), graph.url]));
  }
  graph.close();
  const more = costs.graphtap.map(({ peakBytes }, run) => (peakBytes - costs.floor[run]!.peakBytes) / 1e6);
  return [
    comparison("fetch, inflate, write through", costs.graphtap, costs.floor, 1.5),
    comparison("fetch().json() and JSON.stringify", costs.graphtap, allOf(costs.parsed), 1 / 5),
    amountRow("peak memory, the same", "fetch, inflate, write through", more, "MB", 24),
  ];
}

/** What we need for each unit of processor time of another program; the runs are neighbours. */
export function comparison(
  against: string,
  own: readonly Cost[],
  others: readonly Cost[],
  target: number | null,
): Row {
  const beside = allOf(own).slice(0, others.length);
  const ratios = others.map(({ cpuMs }, run) => beside[run]!.cpuMs / cpuMs);
  const pair: Pair = { own: point(beside), other: point(others) };
  return { ...ratioRow(WHAT, against, ratios, target), pair };
}

function point(costs: readonly Cost[]): Point {
  return {
    cpuSeconds: rounded(median(costs.map(({ cpuMs }) => cpuMs)) / 1000),
    peakMb: rounded(median(costs.map(({ peakBytes }) => peakBytes)) / 1e6),
  };
}

/** The costs, if all lines were written. Some programs write a few of their own besides. */
export function allOf(costs: readonly Cost[]): readonly Cost[] {
  const wrong = costs.find(({ lines }) => lines < RECORDS || lines > RECORDS * 1.01);
  if (wrong !== undefined) throw new Error(`${wrong.lines} lines were written for ${RECORDS} records`);
  return costs;
}

/** The same with pages of long records, and with ten times as many pages. */
export async function memory(workshop: Workshop, runs: number): Promise<Row[]> {
  const usual = { pages: 100 };
  const long = { pages: 12, recordBytes: 30_000 };
  const many = { pages: 999, groups: 3, groupMs: 900_000, lazy: true };
  const peaks: number[][] = [];
  for (const content of [usual, long, many]) {
    const graph = await startGraph(workshop, content);
    const costs: Cost[] = [];
    // The long run is its own average.
    for (let run = 0; run < (content === many ? 1 : Math.min(runs, 3)); run++) {
      costs.push(await pulled(workshop, graph, content === many ? 900 : undefined));
    }
    graph.close();
    const expected = content.pages * 1000;
    if (costs.some(({ lines }) => lines !== expected)) {
      throw new Error(`${costs[0]!.lines} of ${expected} records`);
    }
    peaks.push(costs.map(({ peakBytes }) => peakBytes));
  }
  const usualPeak = median(peaks[0] ?? []);
  const keys = (999_000 - 100_000) * 24;
  const more = (values: number[] = [], less: number) => values.map((bytes) => (bytes - less) / 1e6);
  return [
    amountRow("peak memory, records of 30 KB", "the same with 4 KB", more(peaks[1], usualPeak), "MB", 16),
    amountRow(
      "peak memory, ten times as many pages",
      "the same, and 24 bytes for each more key",
      more(peaks[2], usualPeak + keys),
      "MB",
      8,
    ),
  ];
}

/** One window must hold one group of pages. */
export function pulled(workshop: Workshop, graph: GraphServer, windowSeconds = 2400): Promise<Cost> {
  const { config } = workshop.configuration(graph.url, graph.fromMs, {
    override_query_window_max_seconds: windowSeconds,
  });
  return measure(workshop, [workshop.graphtap, "pull", "-c", config]);
}
