import { describe, expect, it } from "vitest";
import { KEEP_LOST_MS, keptInMind, type Lost, MOST_LOST, withLost } from "../../../src/state/lost.ts";

const lost = (from: number, to: number, reason = "retention", sinceMs = 0): Lost => ({
  from: { seconds: from, nanos: 0 },
  to: { seconds: to, nanos: 0 },
  reason,
  sinceMs,
});

describe("what is lost for good", () => {
  it("stays in order of time, each range by itself", () => {
    const ranges = [lost(50, 60), lost(0, 10), lost(20, 30)].reduce<Lost[]>(withLost, []);
    expect(ranges).toEqual([lost(0, 10), lost(20, 30), lost(50, 60)]);
  });

  it("becomes one range where ranges of a reason touch, as young as the youngest", () => {
    const ranges = [lost(0, 10), lost(20, 30), lost(5, 25, "retention", 9)].reduce<Lost[]>(withLost, []);
    expect(ranges).toEqual([lost(0, 30, "retention", 9)]);
  });

  it("tells reasons apart, and the same range twice is once", () => {
    const ranges = [lost(0, 10), lost(5, 15, "graph-timeout"), lost(0, 10)].reduce<Lost[]>(withLost, []);
    expect(ranges).toEqual([lost(0, 10), lost(5, 15, "graph-timeout")]);
  });

  it("is never more than a hundred ranges: the two that are nearest become one", () => {
    const apart = Array.from({ length: MOST_LOST }, (_, index) => lost(index * 100, index * 100 + 10));
    const ranges = withLost(apart, lost(5030, 5040));
    expect(ranges).toHaveLength(MOST_LOST);
    expect(ranges).toContainEqual(lost(5000, 5040));
  });

  it("is kept in mind for thirty days after it was given up", () => {
    const ranges = [lost(0, 10, "retention", 0), lost(20, 30, "retention", 1)];
    expect(keptInMind(ranges, KEEP_LOST_MS - 1)).toEqual(ranges);
    expect(keptInMind(ranges, KEEP_LOST_MS)).toEqual(ranges.slice(1));
  });
});
