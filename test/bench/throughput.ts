/** Processor time for 100 pages of 1,000 sign-ins, and the memory at its highest. */
import { median, megabytes, ratioRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { type Cost, measure } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const WHAT = "CPU, 100 pages of 1,000 sign-ins";

export async function throughput(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, {});
  const iterator = workshop.iterator();
  const costs = { graphtap: [] as Cost[], floor: [] as Cost[], parsed: [] as Cost[], iterator: [] as Cost[] };
  for (let run = 0; run < runs; run++) {
    costs.floor.push(await measure(workshop, [workshop.program("floor"), graph.url]));
    costs.graphtap.push(await pulled(workshop, graph));
    // The slow ones vary little, and take long.
    if (run >= 3) continue;
    costs.parsed.push(await measure(workshop, [workshop.program("parsed"), graph.url]));
    if (iterator !== null) costs.iterator.push(await measure(workshop, [iterator, graph.url]));
  }
  graph.close();
  const lines = new Set([costs.graphtap, costs.parsed, costs.iterator].flat().map((cost) => cost.lines));
  if (lines.size !== 1 || !lines.has(100_000)) throw new Error(`lines written: ${[...lines].join(", ")}`);
  const against = (others: Cost[]) => others.map(({ cpuMs }, run) => costs.graphtap[run]!.cpuMs / cpuMs);
  const peak = (cost: Cost[]) => median(cost.map(({ peakBytes }) => peakBytes));
  const more = peak(costs.graphtap) - peak(costs.floor);
  return [
    ratioRow(WHAT, "fetch, inflate, write through", against(costs.floor), 1.5),
    iterator === null
      ? notAvailable(WHAT, "Microsoft's PageIterator")
      : ratioRow(WHAT, "Microsoft's PageIterator", against(costs.iterator), 1 / 6),
    ratioRow(WHAT, "fetch().json() and JSON.stringify", against(costs.parsed), 1 / 5),
    {
      what: "peak memory, the same",
      against: "fetch, inflate, write through",
      measured: megabytes(more),
      target: "≤ +24 MB",
      met: more <= 24e6,
    },
  ];
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
  const [usualPeak = NaN, longPeak = NaN, manyPeak = NaN] = peaks.map(median);
  const keys = (999_000 - 100_000) * 24;
  return [
    row("peak memory, records of 30 KB", "the same with 4 KB", longPeak - usualPeak, 16e6),
    row(
      "peak memory, ten times as many pages",
      "the same, and 24 bytes for each more key",
      manyPeak - usualPeak - keys,
      8e6,
    ),
  ];
}

function row(what: string, against: string, bytes: number, most: number): Row {
  return { what, against, measured: megabytes(bytes), target: `± ${most / 1e6} MB`, met: bytes <= most };
}

/** One window must hold one group of pages. */
function pulled(
  workshop: Workshop,
  graph: { url: string; fromMs: number },
  windowSeconds = 2400,
): Promise<Cost> {
  const { config } = workshop.configuration(graph.url, graph.fromMs, {
    override_query_window_max_seconds: windowSeconds,
  });
  return measure(workshop, [workshop.graphtap, "pull", "-c", config]);
}

function notAvailable(what: string, against: string): Row {
  return { what, against, measured: "not available: it could not be installed", target: "", met: null };
}
