/** Processor time of processes that find nothing to do. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ratioRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { measure } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

export async function startup(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 0 });
  const empty = join(workshop.folder, "empty.js");
  writeFileSync(empty, "");
  const { config } = workshop.configuration(graph.url, graph.fromMs);
  const pull = () => measure(workshop, [workshop.graphtap, "pull", "-c", config]);
  const pullDue = () => measure(workshop, [workshop.graphtap, "pull", "--due", "-c", config]);
  await pull();
  const ratios = { due: [] as number[], pull: [] as number[] };
  for (let run = 0; run < runs * 3; run++) {
    const base = await measure(workshop, [empty]);
    ratios.due.push((await pullDue()).cpuMs / base.cpuMs);
    ratios.pull.push((await pull()).cpuMs / base.cpuMs);
  }
  graph.close();
  return [
    ratioRow("CPU, pull --due with nothing due", "an empty Node process", ratios.due, 1.8),
    ratioRow("CPU, pull with nothing new", "an empty Node process", ratios.pull, 2.8),
  ];
}
