import { expect, it } from "vitest";
import { createHistogram } from "../../../src/telemetry/histogram.ts";

it("a histogram counts each value once, under the first bound that it does not exceed", () => {
  const histogram = createHistogram([1, 5]);
  for (const value of [0, 1, 1.5, 5, 6]) histogram.observe(value);
  histogram.observe(2, 10);
  expect(histogram.counts).toEqual([2, 12, 1]);
  expect(histogram.sum).toBe(33.5);
});
