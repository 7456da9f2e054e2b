import { describe, expect, it } from "vitest";
import { backoffMs, parseRetryAfter } from "../../../src/net/backoff.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);
const BOUNDS = { firstMs: 1000, longestMs: 60_000 };

describe("the wait before a repeat", () => {
  it("doubles, and is spread over half its length", () => {
    const waits = (random: number) =>
      [1, 2, 3, 4].map((repeat) => backoffMs(BOUNDS, repeat, undefined, random));
    expect(waits(0)).toEqual([500, 1000, 2000, 4000]);
    expect(waits(1)).toEqual([1000, 2000, 4000, 8000]);
  });

  it("has a longest", () => {
    expect(backoffMs(BOUNDS, 30, undefined, 1)).toBe(60_000);
  });

  it("is never shorter than what the other side asked for", () => {
    expect(backoffMs(BOUNDS, 1, 37, 0)).toBe(37_000);
    expect(backoffMs(BOUNDS, 1, 37, 0.99)).toBeGreaterThan(37_000);
  });

  it("does not follow an absurd request, such as two weeks", () => {
    expect(backoffMs(BOUNDS, 1, 1_209_600, 0)).toBe(300_000);
  });

  it.each([
    ["10", 10],
    [" 2.5 ", 2.5],
    ["Sun, 22 Nov 2026 16:01:30 GMT", 90],
    ["Sun, 22 Nov 2026 15:00:00 GMT", 0],
    ["soon", undefined],
    [null, undefined],
  ])(
    "reads a Retry-After of %j as %j",
    (header, seconds) => expect(parseRetryAfter(header, NOW)).toBe(seconds),
  );
});
