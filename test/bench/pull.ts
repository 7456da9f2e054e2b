import process from "node:process";
import type { GraphServer } from "./graphServer.ts";
import { type Cost, measure } from "./measure.ts";
import { SHAPES } from "./shapes.ts";
import type { Workshop } from "./workshop.ts";

export interface PullOptions {
  /** Of the service. */
  readonly settings?: object;
  /** Words behind `pull`. */
  readonly words?: readonly string[];
  /** @default 1 */
  readonly tenants?: number;
  /** What a window may span, in seconds: one must hold one group of pages. @default 2400 */
  readonly windowSeconds?: number;
  /** What runs the program, and the words before `pull`. @default this Node with the workshop's program */
  readonly program?: readonly [string, ...string[]];
}

/** `graphtap pull` of all that a server has, from the beginning. @throws when a line is missing, unless it went elsewhere */
export async function pulled(
  workshop: Workshop,
  graph: GraphServer,
  { settings, words = [], tenants = 1, windowSeconds = 2400, program }: PullOptions = {},
): Promise<Cost> {
  const { config } = workshop.configuration(
    graph.url,
    graph.fromMs,
    { override_query_window_max_seconds: windowSeconds, ...settings },
    { service: SHAPES[graph.shape].service, tenants },
  );
  const [runtime, ...before] = program ?? [process.execPath, workshop.graphtap];
  const cost = await measure(workshop, [...before, "pull", "-c", config, ...words], runtime);
  const expected = words.includes("--to") ? 0 : graph.records * tenants;
  if (cost.lines !== expected) throw new Error(`${cost.lines} of ${expected} lines were written`);
  return cost;
}
