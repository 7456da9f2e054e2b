/** The highest resident memory with long records, and with ten times as many pages. */
import { amountRow, median, type Row } from "./figures.ts";
import { type Content, startGraph } from "./graphServer.ts";
import { pulled } from "./pull.ts";
import type { Workshop } from "./workshop.ts";

/** What the seen set needs for a key. */
const KEY_BYTES = 24;

export async function memory(workshop: Workshop, runs: number): Promise<Row[]> {
  const usual = { pages: 100 };
  const many = { pages: 999, groups: 3, groupMs: 900_000, lazy: true };
  const times = Math.min(runs, 3);
  const usualPeak = median(await peaks(workshop, usual, times));
  const more = (bytes: readonly number[], less: number) => bytes.map((one) => (one - less) / 1e6);
  const long = await peaks(workshop, { pages: 12, shape: "alerts", recordBytes: 30_000 }, times);
  // The long run is its own average.
  const longest = await peaks(workshop, many, 1, 900);
  const keys = (many.pages - usual.pages) * 1000 * KEY_BYTES;
  return [
    amountRow("peak memory, records of 30 KB", "the same with 1.6 KB", more(long, usualPeak), "MB", 16),
    amountRow(
      "peak memory, ten times as many pages",
      `the same, and ${KEY_BYTES} bytes for each more key`,
      more(longest, usualPeak + keys),
      "MB",
      8,
    ),
  ];
}

async function peaks(
  workshop: Workshop,
  content: Partial<Content>,
  times: number,
  windowSeconds?: number,
): Promise<number[]> {
  const graph = await startGraph(workshop, content);
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    found.push((await pulled(workshop, graph, { windowSeconds })).peakBytes);
  }
  graph.close();
  return found;
}
