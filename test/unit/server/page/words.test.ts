import { describe, expect, it } from "vitest";
import { counted, grouped, rate, relative } from "../../../../src/server/page/words.ts";

const NOW = "2026-11-22T16:00:00.000Z";

describe("figures in words", () => {
  it.each([
    ["2026-11-22T15:58:00Z", "2 min ago"],
    ["2026-11-22T16:00:40Z", "in 40 s"],
    ["2026-11-22T16:00:00.4Z", "now"],
  ])("%s is %s", (time, words) => expect(relative(time, NOW)).toBe(words));

  it.each([
    [0, "0"],
    [0.02, "< 0.1"],
    [0.5, "0.5"],
    [9.94, "9.9"],
    [12.5, "13"],
    [1234567, "1,234,567"],
  ])("%s a minute is %s", (perMinute, words) => expect(rate(perMinute)).toBe(words));

  it("have thousands apart, and a plural", () => {
    expect([grouped(999), grouped(1000), grouped(12_345)]).toEqual(["999", "1,000", "12,345"]);
    expect([counted(1, "stream"), counted(2, "stream")]).toEqual(["1 stream", "2 streams"]);
  });
});
