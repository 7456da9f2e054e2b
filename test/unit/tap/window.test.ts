import { describe, expect, it } from "vitest";
import { formatInstant, type Instant, parseInstant } from "../../../src/instant.ts";
import { grownWidth, nextWindow, shrunkWidth } from "../../../src/tap/window.ts";

const at = (text: string) => parseInstant(text) as Instant;
const position = {
  readTo: at("2026-11-22T15:00:00Z"),
  start: at("2026-11-01T00:00:00Z"),
  now: at("2026-11-22T16:00:00Z"),
  overlapSeconds: 900,
  widthSeconds: 86_400,
  oldest: at("2026-10-23T16:00:00Z"),
};
const shown = (window: { from: Instant; to: Instant }) =>
  `${formatInstant(window.from)} ${formatInstant(window.to)}`;

describe("the next window", () => {
  it.each([
    ["reaches from the overlap before the position to now", {}, "2026-11-22T14:45:00Z 2026-11-22T16:00:00Z"],
    [
      "is no wider than allowed, counted from the position",
      { widthSeconds: 600 },
      "2026-11-22T14:45:00Z 2026-11-22T15:10:00Z",
    ],
    [
      "starts at the start when nothing was read",
      { readTo: null, widthSeconds: 3600 },
      "2026-11-01T00:00:00Z 2026-11-01T01:00:00Z",
    ],
    [
      "never asks for what lies before the start",
      { start: at("2026-11-22T14:55:00Z") },
      "2026-11-22T14:55:00Z 2026-11-22T16:00:00Z",
    ],
    ["never asks for more than Graph keeps", {
      readTo: null,
      start: at("2026-01-01T00:00:00Z"),
      widthSeconds: 60,
    }, "2026-10-23T16:00:00Z 2026-10-23T16:01:00Z"],
    ["skips what Graph has dropped while it was stopped", {
      readTo: at("2026-09-01T00:00:00Z"),
      start: at("2026-01-01T00:00:00Z"),
      widthSeconds: 60,
    }, "2026-10-23T16:00:00Z 2026-10-23T16:01:00Z"],
    [
      "is empty, not reversed, when the clock was set back",
      { now: at("2026-11-22T14:00:00Z") },
      "2026-11-22T14:00:00Z 2026-11-22T14:00:00Z",
    ],
  ])("%s", (_, changes, expected) => {
    expect(shown(nextWindow({ ...position, ...changes }))).toBe(expected);
  });
});

describe("the width of windows", () => {
  it("doubles while few pages suffice, up to the largest", () => {
    expect([1, 2, 3, 40].map((pages) => grownWidth(3600, pages, 86_400))).toEqual([7200, 7200, 3600, 3600]);
    expect(grownWidth(80_000, 1, 86_400)).toBe(86_400);
  });

  it("halves down to a smallest one, and then gives up", () => {
    expect(shrunkWidth(3600)).toBe(1800);
    expect(shrunkWidth(61)).toBe(60);
    expect(shrunkWidth(60)).toBeNull();
  });
});
