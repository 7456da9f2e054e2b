import { describe, expect, it } from "vitest";
import { formatInstant, type Instant, parseInstant } from "../../../src/instant.ts";
import { fittedWidth, planEdge, shrunkWidth } from "../../../src/tap/window.ts";

const at = (text: string) => parseInstant(text) as Instant;
const edge = {
  readTo: at("2026-11-22T15:55:00Z"),
  start: at("2026-11-01T00:00:00Z"),
  now: at("2026-11-22T16:00:00Z"),
  oldest: at("2026-10-23T16:00:00Z"),
  liveSeconds: 3600,
};

describe("what is unread", () => {
  it.each([
    ["is today's when the last poll was moments ago", {}, "15:55:00", null],
    ["is today's up to an hour", { readTo: at("2026-11-22T15:00:00Z") }, "15:00:00", null],
    [
      "of a first start weeks back is today's hour, the rest waits",
      { readTo: null },
      "15:00:00",
      "2026-11-01T00:00:00Z",
    ],
    [
      "of a long stop is today's hour, the rest waits",
      { readTo: at("2026-11-20T00:00:00Z") },
      "15:00:00",
      "2026-11-20T00:00:00Z",
    ],
    [
      "begins with the start when nothing was read",
      { readTo: null, start: at("2026-11-22T15:30:00Z") },
      "15:30:00",
      null,
    ],
    [
      "begins with what Graph keeps",
      { readTo: null, start: at("2026-01-01T00:00:00Z") },
      "15:00:00",
      "2026-10-23T16:00:00Z",
    ],
    [
      "leaves out what Graph dropped during a stop",
      { readTo: at("2026-09-01T00:00:00Z"), start: at("2026-01-01T00:00:00Z") },
      "15:00:00",
      "2026-10-23T16:00:00Z",
    ],
    ["is nothing when the clock was set back", { now: at("2026-11-22T14:00:00Z") }, "14:00:00", null],
  ])("%s", (_, changes, liveFrom, backfillFrom) => {
    const plan = planEdge({ ...edge, ...changes });
    expect(formatInstant(plan.liveFrom)).toBe(`2026-11-22T${liveFrom}Z`);
    expect(plan.backfill === null ? null : formatInstant(plan.backfill.from)).toBe(backfillFrom);
    if (plan.backfill !== null) expect(plan.backfill.to).toBe(plan.liveFrom);
  });

  it("says so when the start lies before what Graph keeps", () => {
    expect(planEdge({ ...edge, readTo: null, start: at("2026-01-01T00:00:00Z") }).clamped).toBe(true);
    expect(planEdge({ ...edge, readTo: null }).clamped).toBe(false);
  });
});

describe("the width of windows", () => {
  it("doubles while few pages suffice, halves when there are many, within its bounds", () => {
    expect([1, 2, 3, 20, 21].map((pages) => fittedWidth(3600, pages, 86_400))).toEqual([
      7200,
      7200,
      3600,
      3600,
      1800,
    ]);
    expect(fittedWidth(80_000, 1, 86_400)).toBe(86_400);
    expect(fittedWidth(40, 100, 86_400)).toBe(30);
  });

  it("halves down to a smallest one, and then gives up", () => {
    expect(shrunkWidth(3600)).toBe(1800);
    expect(shrunkWidth(45)).toBe(30);
    expect(shrunkWidth(30)).toBeNull();
  });
});
