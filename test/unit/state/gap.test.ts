import { describe, expect, it } from "vitest";
import { type Gap, gapSeconds, withGap, withoutWindow } from "../../../src/state/gap.ts";

const at = (seconds: number) => ({ seconds, nanos: 0 });
const gap = (from: number, to: number, reason = "graph-timeout", sinceMs = 0): Gap => ({
  from: at(from),
  to: at(to),
  reason,
  sinceMs,
  attempts: 0,
  nextTryMs: 0,
});
const ends = (gaps: readonly Gap[]) => gaps.map(({ from, to }) => [from.seconds, to.seconds]);

describe("the gaps of a stream", () => {
  it("stand in order of time, whenever they were found", () => {
    expect(ends(withGap([gap(300, 330)], gap(0, 30)))).toEqual([[0, 30], [300, 330]]);
  });

  it.each([
    ["touches its end", gap(30, 60), [[0, 60]]],
    ["touches its beginning", gap(-30, 0), [[-30, 30]]],
    ["lies within", gap(10, 20), [[0, 30]]],
    ["is a second away", gap(31, 60), [[0, 30], [31, 60]]],
    ["has another reason", gap(30, 60, "record-too-large"), [[0, 30], [30, 60]]],
  ])("become one with a neighbour that %s, if the reason is the same", (_, other, expected) => {
    expect(ends(withGap([gap(0, 30)], other))).toEqual(expected);
  });

  it("are one since the older was found", () => {
    expect(withGap([gap(0, 30, "graph-timeout", 5)], gap(30, 60, "graph-timeout", 9))).toMatchObject([{
      sinceMs: 5,
    }]);
  });

  it.each([
    ["all of one", [60, 90], [[0, 30], [120, 150]]],
    ["nothing of any", [30, 60], [[0, 30], [60, 90], [120, 150]]],
    ["the end of one, and the beginning of another", [20, 70], [[0, 20], [70, 90], [120, 150]]],
    ["the middle of one", [65, 70], [[0, 30], [60, 65], [70, 90], [120, 150]]],
  ])("lose what was read of them: %s", (_, [from = 0, to = 0], left) => {
    const gaps = [gap(0, 30), gap(60, 90), gap(120, 150)];
    expect(ends(withoutWindow(gaps, { from: at(from), to: at(to) }))).toEqual(left);
  });

  it("go where they are a moment at the end of what was read", () => {
    expect(withoutWindow([gap(60, 60), gap(90, 90)], { from: at(60), to: at(90) })).toEqual([]);
  });

  it.each([
    ["none", [], 0],
    ["one", [gap(0, 30)], 30],
    ["two apart", [gap(60, 90), gap(0, 30)], 60],
    ["two that overlap", [gap(0, 30), gap(20, 50, "record-too-large")], 50],
    ["one within another", [gap(0, 90), gap(20, 50, "record-too-large")], 90],
  ])("cover time once: %s", (_, gaps, seconds) => {
    expect(gapSeconds(gaps)).toBe(seconds);
  });
});
