import { describe, expect, it } from "vitest";
import { createTurns, inTurns, SLICE_MS } from "../../../src/wiring/turns.ts";

/** Work whose steps take so many milliseconds each, and after which of them others had their turn. */
async function worked(stepsMs: readonly number[]) {
  let now = 0;
  let done = 0;
  const turns: number[] = [];
  function* steps() {
    for (const ms of stepsMs) {
      now += ms;
      done++;
      yield;
    }
    return "all";
  }
  const others = () => {
    turns.push(done);
    // What others do is no part of the next slice.
    now += 1000;
    return Promise.resolve();
  };
  const result = await inTurns(steps(), createTurns(() => now, others));
  return { result, turns };
}

describe("work in turns", () => {
  it("lets others go on whenever a slice is over, and comes to its end", async () => {
    const third = SLICE_MS / 3;
    expect(await worked(Array.from({ length: 7 }, () => third))).toEqual({ result: "all", turns: [3, 6] });
    expect(await worked([2 * SLICE_MS, third, third, third])).toEqual({ result: "all", turns: [1, 4] });
  });

  it("keeps nobody waiting where it is short", async () => {
    expect(await worked([SLICE_MS / 3, SLICE_MS / 3])).toEqual({ result: "all", turns: [] });
  });

  it("lets what else the process has to do come before it goes on", async () => {
    const order: string[] = [];
    function* steps() {
      order.push("first");
      setTimeout(() => order.push("another"), 0);
      yield;
      order.push("second");
    }
    let now = 0;
    const others = () => new Promise<void>((resolve) => void setTimeout(resolve, 5));
    await inTurns(steps(), createTurns(() => now += SLICE_MS, others));
    expect(order).toEqual(["first", "another", "second"]);
  });
});
