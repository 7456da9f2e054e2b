/** Requests that travel for seconds, of processes that end at any moment: what Graph counts never exceeds a limit. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUDGETS } from "../../../src/graph/budgets.ts";
import { createLimiter } from "../../../src/graph/limiter.ts";
import { LONGEST_TRAVEL_MS } from "../../../src/graph/requestWindow.ts";
import { openRequestLog } from "../../../src/graph/requestLog.ts";
import { manualClock } from "../../support/manualClock.ts";
import { seededRandom } from "../../support/lateness.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const LIFETIMES = 12;
const WORKERS = 8;

interface Played {
  /** When the server counted each request, in milliseconds. */
  readonly counted: readonly number[];
  /** The share of what the rule permits that was used. */
  readonly used: number;
}

/** Several processes of one state folder, one after the other, each with more work than it may do. */
async function play(
  budget: { requests: number; seconds: number },
  seed: number,
  slowestMs: number,
): Promise<Played> {
  const random = seededRandom(seed);
  const clock = manualClock();
  const path = join(tempFolder(), ".requests");
  const began = clock.now();
  const counted: number[] = [];
  let heldMs = 0;
  for (let life = 0; life < LIFETIMES; life++) {
    const log = openRequestLog(path, { now: clock.now, report: (note) => expect.fail(note) });
    const limiter = createLimiter(budget, clock, log.memoryOf("reports", budget.seconds * 1000));
    const stop = new AbortController();
    const isKilled = random() < 0.5;
    let isOver = false;
    let end = () => {};
    const over = new Promise<"over">((resolve) => end = () => resolve("over"));
    const work = async (): Promise<void> => {
      while (!isOver) {
        const permit = await limiter.acquire("live", stop.signal);
        const sentMs = clock.now();
        const arriving = clock.sleep(Math.floor(random() * slowestMs)).then(() =>
          void counted.push(clock.now())
        );
        const ended = arriving.then(() => clock.sleep(Math.floor(random() * slowestMs))).then(() =>
          "answered"
        );
        const how = await Promise.race([ended, over]);
        // A request arrives whether or not its sender lives.
        heldMs += clock.now() + (how === "answered" ? 0 : LONGEST_TRAVEL_MS) + budget.seconds * 1000 - sentMs;
        if (how === "over" && isKilled) return;
        if (how === "answered") permit.answered();
        permit.release();
      }
    };
    const workers = Array.from({ length: WORKERS }, () => work().catch(() => {}));
    await clock.sleep(1000 + Math.floor(random() * 4 * budget.seconds * 1000));
    isOver = true;
    end();
    stop.abort(new Error("over"));
    await Promise.all(workers);
    log.close();
  }
  const lastedMs = clock.now() - began;
  return {
    counted: counted.sort((a, b) => a - b),
    used: heldMs / (budget.requests * lastedMs),
  };
}

/** The most requests that were counted in any stretch of so many seconds. */
function mostIn(counted: readonly number[], seconds: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < counted.length; to++) {
    while (counted[to]! - counted[from]! >= seconds * 1000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

describe.each(
  [
    ["reports", BUDGETS.reports],
    ["identity-protection", BUDGETS["identity-protection"]],
    ["security", { requests: 15, seconds: 6 }],
  ] as const,
)("requests under the limit of %s", (_, budget) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "that travel up to 3 s never exceed it, over many processes (seed %i)",
    async (seed) => {
      const { counted } = await play(budget, seed, 3000);
      expect(counted.length).toBeGreaterThan(budget.requests * 3);
      expect(mostIn(counted, budget.seconds)).toBeLessThanOrEqual(budget.requests);
    },
  );

  it.each([11, 12, 13])("use nearly all of it while there is work (seed %i)", async (seed) => {
    const { counted, used } = await play(budget, seed, 300);
    expect(mostIn(counted, budget.seconds)).toBeLessThanOrEqual(budget.requests);
    expect(used).toBeGreaterThanOrEqual(0.9);
  });
});
