import { describe, expect, it } from "vitest";
import type { Cost } from "./measure.ts";
import { alike, allOf, inRounds, ratios } from "./rounds.ts";

const cost = (cpuMs: number, lines = 1000, bytes = 1): Cost => ({ cpuMs, lines, bytes, peakBytes: NaN });

describe("rounds", () => {
  it("run every way once, each second time the other way about", async () => {
    const order: string[] = [];
    const way = (name: string, cpuMs: number) => () => {
      order.push(name);
      return Promise.resolve(cost(cpuMs * order.length));
    };
    const costs = await inRounds(2, { own: way("own", 2), other: way("other", 1) });
    expect(order).toEqual(["own", "other", "other", "own"]);
    expect(ratios(costs.own, costs.other)).toEqual([2 / 2, 8 / 3]);
  });

  it.each([[999], [1011]])("fail when a program wrote %i lines for 1,000 records", (lines) => {
    expect(() => allOf([cost(1), cost(1, lines)], 1000)).toThrow(`${lines} lines were written`);
    expect(allOf([cost(1, 1004)], 1000)).toHaveLength(1);
  });

  it("fail when two floors did not write the same", () => {
    expect(() => alike("two floors", [cost(1)], [cost(1, 0, 2)])).toThrow("two floors wrote 1 and 2 bytes");
  });
});
