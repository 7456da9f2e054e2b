/** What an event costs when many streams are read at once. */
import { ratioRow, type Row } from "./figures.ts";
import { type GraphServer, startGraph } from "./graphServer.ts";
import type { Cost } from "./measure.ts";
import { pulled } from "./pull.ts";
import { inRounds } from "./rounds.ts";
import type { Workshop } from "./workshop.ts";

/** By the number of streams: pages of each in a short run and in a long one. What is between them counts. */
type Sizes = Readonly<Record<string, readonly [short: number, long: number]>>;

const SIZES: Sizes = { "1": [50, 400], "8": [6, 50], "64": [1, 7], "200": [1, 3] };
/** Fewer, for the quick form; one stream is not judged. */
const QUICK_SIZES: Sizes = { "8": [2, 18], "64": [1, 3], "200": [1, 2] };
const BASE = "8";
const MOST_RUNS = 3;

export async function streams(workshop: Workshop, runs: number, quick: boolean): Promise<Row[]> {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const counts = Object.keys(sizes);
  const graphs: GraphServer[] = [];
  const ways: Record<string, () => Promise<Cost>> = {};
  for (const [count, lengths] of Object.entries(sizes)) {
    for (const pages of lengths) {
      const graph = await startGraph(workshop, { pages });
      graphs.push(graph);
      ways[`${count}, ${pages} pages`] = () => pulled(workshop, graph, { tenants: Number(count) });
    }
  }
  const costs = await inRounds(Math.min(runs, MOST_RUNS), ways);
  for (const graph of graphs) graph.close();

  // The start of the process and of each stream, and its first page, are no part of what a further event costs.
  const perEvent = (count: string) => {
    const [short, long] = sizes[count]!;
    const less = costs[`${count}, ${short} pages`]!;
    return costs[`${count}, ${long} pages`]!.map(({ cpuMs, lines }, round) =>
      (cpuMs - less[round]!.cpuMs) / (lines - less[round]!.lines)
    );
  };
  const base = perEvent(BASE);
  return counts.filter((count) => count !== BASE).map((count) => {
    const ratios = perEvent(count).map((cost, round) => cost / base[round]!);
    const target = Number(count) > Number(BASE) ? 1.05 : null;
    const what = count === "1" ? "CPU an event, one stream" : `CPU an event, ${count} streams at once`;
    return ratioRow(what, `${BASE} streams`, ratios, target);
  });
}
