import { describe, expect, it } from "vitest";
import { createMinutes } from "../../../../src/server/status/minutes.ts";

const at = (minute: number) => minute * 60_000;

describe("records by the minute", () => {
  it("are those of the last sixty, the one under way at the end", () => {
    const minutes = createMinutes();
    expect(minutes.list(at(100))).toEqual([]);
    minutes.add(3, at(100));
    minutes.add(2, at(100) + 59_999);
    minutes.add(7, at(102));
    const list = minutes.list(at(103));
    expect(list).toHaveLength(60);
    expect(list.slice(-5)).toEqual([0, 5, 0, 7, 0]);
    expect(minutes.list(at(160)).filter((count) => count > 0)).toEqual([7]);
  });

  it("are none after an hour without any, and count again then", () => {
    const minutes = createMinutes();
    minutes.add(3, at(100));
    expect(minutes.list(at(10_000))).toEqual([]);
    minutes.add(1, at(10_001));
    expect(minutes.list(at(10_001)).at(-1)).toBe(1);
  });

  it("stay what they are when the clock is set back", () => {
    const minutes = createMinutes();
    minutes.add(3, at(100));
    minutes.add(4, at(50));
    expect(minutes.list(at(50)).at(-1)).toBe(7);
  });
});
