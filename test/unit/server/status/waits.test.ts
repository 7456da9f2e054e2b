import { expect, it } from "vitest";
import type { Limiter } from "../../../../src/graph/limiter.ts";
import { createPermits } from "../../../../src/graph/permits.ts";
import { type Wait, watchWaits } from "../../../../src/server/status/waits.ts";
import type { Stream } from "../../../../src/tap/stream.ts";

it("a stream waits for its permits, then for Graph, then for nothing", async () => {
  let nowMs = 1000;
  const steps: (Wait | null)[] = [];
  const budget = { acquire: () => Promise.resolve({}), windowMs: 10_000 } as unknown as Limiter;
  const stream = {
    limiters: [budget, budget],
    graph: {
      async ask(_request: unknown, _asked: unknown, permits: ReturnType<typeof createPermits>) {
        nowMs += 1000;
        await permits.acquire();
        throw new Error("Graph is not there");
      },
    },
  } as unknown as Stream;
  const watched = watchWaits(stream, { now: () => nowMs }, (wait) => steps.push(wait));
  const asked = watched.graph.ask(
    { url: "https://graph" },
    {} as never,
    createPermits(watched.limiters, "live"),
  );
  await expect(asked).rejects.toThrow("Graph is not there");
  expect(steps.map((wait) => wait?.what ?? null)).toEqual([
    "graph",
    "permit",
    "graph",
    "permit",
    "graph",
    null,
  ]);
  expect(steps[1]).toEqual({ what: "permit", sinceMs: 2000 });
});
