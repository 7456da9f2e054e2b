/** What an event costs when many streams are read at once. */
import { ratioRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { pulled } from "./pull.ts";
import { inRounds } from "./rounds.ts";
import type { Workshop } from "./workshop.ts";

/** Streams, and how many pages each has: about as many events in all. */
const PAGES: Readonly<Record<string, number>> = { "1": 400, "8": 50, "64": 6, "200": 2 };
/** A third of that, for the quick form; one stream is not judged. */
const QUICK_PAGES: typeof PAGES = { "8": 16, "64": 2, "200": 1 };
const BASE = "8";
const MOST_RUNS = 3;

export async function streams(workshop: Workshop, runs: number, quick: boolean): Promise<Row[]> {
  const sizes = Object.entries(quick ? QUICK_PAGES : PAGES);
  const empty = await startGraph(workshop, { pages: 0 });
  const graphs = await Promise.all(sizes.map(([, pages]) => startGraph(workshop, { pages })));
  const withoutRecords = (count: string) => `${count} without records`;
  const costs = await inRounds<string>(
    Math.min(runs, MOST_RUNS),
    Object.fromEntries(sizes.flatMap(([count], index) => {
      const tenants = Number(count);
      return [
        [count, () => pulled(workshop, graphs[index]!, { tenants })],
        [withoutRecords(count), () => pulled(workshop, empty, { tenants })],
      ];
    })),
  );
  for (const graph of [empty, ...graphs]) graph.close();
  // The start, tokens, positions and last requests of each stream are no part of what an event costs.
  const perEvent = sizes.map(([count], index) =>
    costs[count]!.map(({ cpuMs }, round) =>
      (cpuMs - costs[withoutRecords(count)]![round]!.cpuMs) / (graphs[index]!.records * Number(count))
    )
  );
  const base = perEvent[sizes.findIndex(([count]) => count === BASE)]!;
  return sizes.flatMap(([count], index) => {
    if (count === BASE) return [];
    const ratios = perEvent[index]!.map((cost, round) => cost / base[round]!);
    const target = Number(count) > Number(BASE) ? 1.05 : null;
    const what = count === "1" ? "CPU an event, one stream" : `CPU an event, ${count} streams at once`;
    return [ratioRow(what, `${BASE} streams`, ratios, target)];
  });
}
