import { describe, expect, it } from "vitest";
import { formatInstant, type Instant, parseInstant } from "../../../../src/instant.ts";
import { freeOverlap, rereadsAfterLive } from "../../../../src/tap/late/overlap.ts";

const at = (time: string) => parseInstant(`2026-11-22T${time}Z`) as Instant;

describe("how far the next live window reaches back", () => {
  const read = { pages: 1, seconds: 420, newSeconds: 300, pageSize: 1000 };

  it.each([
    ["nothing came: as far as it may", { records: 0 }, 900],
    ["a small tenant's minutes fit a page many times: as far as it may", { records: 42 }, 900],
    ["half of a page is free: as far as that brings it, but for a tenth", { records: 420 }, 600],
    ["the page is nearly full: no further", { records: 880 }, 129],
    ["a second page is begun anyway: until that is full", { records: 1260, pages: 2 }, 300],
    ["Graph gives half of what was asked for on a page", { records: 1260, pages: 3 }, 153],
    ["nothing was asked for", { records: 0, seconds: 0 }, 120],
  ])("%s", (_, found, expected) => {
    expect(freeOverlap({ ...read, ...found }, 120)).toBe(expected);
  });

  it("is never less than the plugin wants", () => {
    expect(freeOverlap({ ...read, records: 880 }, 600)).toBeGreaterThanOrEqual(600);
    expect(freeOverlap({ ...read, records: 0 }, 1800)).toBe(1800);
  });

  it("keeps the number of pages, however many records come", () => {
    for (let records = 1; records < 20_000; records += 7) {
      const pages = Math.ceil(records / 1000);
      const overlap = freeOverlap({ ...read, records, pages }, 120);
      const least = Math.ceil((records / 420) * 420 / 900);
      expect(Math.ceil((records / 420) * (300 + overlap) / 1000), `${records} records`).toBeLessThanOrEqual(
        least,
      );
    }
  });
});

describe("the re-reads after a live window", () => {
  const reread = (time: string) => ({ readTo: at(time), idle: 3 });
  const moved = (from: string) =>
    rereadsAfterLive(
      [300, 900, 3600],
      [reread("15:50:00"), reread("15:40:00"), reread("14:50:00")],
      at(from),
      at("16:00:00"),
    )
      .map(({ readTo, idle }) => [formatInstant(readTo).slice(11, 19), idle]);

  it("move to their age where the window adjoins them, and stay where it does not", () => {
    expect(moved("15:52:00")).toEqual([["15:50:00", 3], ["15:40:00", 3], ["14:50:00", 3]]);
    expect(moved("15:50:00")).toEqual([["15:55:00", 3], ["15:40:00", 3], ["14:50:00", 3]]);
    expect(moved("15:40:00")).toEqual([["15:55:00", 3], ["15:45:00", 3], ["14:50:00", 3]]);
    expect(moved("14:00:00")).toEqual([["15:55:00", 3], ["15:45:00", 3], ["15:00:00", 3]]);
  });
});
