import { describe, expect, it } from "vitest";
import { addSeconds, type Instant, parseInstant, secondsBetween } from "../../../../src/instant.ts";
import type { Reread } from "../../../../src/state/position.ts";
import { adjustedRereads, agesFor, type Depth } from "../../../../src/tap/late/depth.ts";

const NOW = parseInstant("2026-11-22T16:00:00Z") as Instant;
const DAY = 86_400;
const ago = (seconds: number): Instant => addSeconds(NOW, -seconds);
const depth: Depth = { usual: [3600, DAY], most: 5 * DAY };
const inTime: Reread[] = [{ readTo: ago(3600), idle: 0 }, { readTo: ago(DAY), idle: 0 }];
const added = (secondsAgo: number, idle = 0): Reread => ({ readTo: ago(secondsAgo), idle });
const done = { foundDeep: true, inTime: true, oldestKnown: ago(30 * DAY), now: NOW };

describe("how deep re-reads go", () => {
  it("doubles one by one up to its bound, as far as there are re-reads", () => {
    expect(agesFor(depth, 0)).toEqual([3600, DAY]);
    expect(agesFor(depth, 3)).toEqual([3600, DAY, 2 * DAY]);
    expect(agesFor(depth, 9)).toEqual([3600, DAY, 2 * DAY, 4 * DAY, 5 * DAY]);
  });

  it("stays as configured when the bound is no deeper, or when there are no re-reads at all", () => {
    expect(agesFor({ usual: [3600], most: 60 }, 5)).toEqual([3600]);
    expect(agesFor({ usual: [], most: 0 }, 5)).toEqual([]);
    expect(adjustedRereads({ usual: [], most: 0 }, [], done)).toEqual([]);
  });

  it("grows when the deepest finds late records while all are in time", () => {
    const rereads = adjustedRereads(depth, inTime, done);
    expect(rereads.slice(0, 2)).toEqual(inTime);
    expect(rereads[2]).toEqual(added(2 * DAY));
  });

  it.each([
    ["nothing was late", { ...done, foundDeep: false }],
    ["something is still due: the deepest may stand in for others", { ...done, inTime: false }],
  ])("stays when %s", (_, what) => {
    expect(adjustedRereads(depth, inTime, what)).toEqual(inTime);
  });

  it("never begins where keys are forgotten, since records would leave twice", () => {
    const rereads = adjustedRereads(depth, inTime, { ...done, oldestKnown: ago(DAY + 7200) });
    expect(secondsBetween(rereads[2]!.readTo, NOW)).toBe(DAY + 7200);
  });

  it("shrinks when an added one has found nothing for long, but keeps the usual ones whatever they find", () => {
    expect(adjustedRereads(depth, [...inTime, added(2 * DAY, 8)], { ...done, foundDeep: false })).toEqual(
      inTime,
    );
    const idle = inTime.map((reread) => ({ ...reread, idle: 99 }));
    expect(adjustedRereads(depth, idle, { ...done, foundDeep: false })).toEqual(idle);
  });

  it("shrinks when an added one takes what the usual ones need", () => {
    const starved = [inTime[0]!, added(DAY + 2 * 43_200 + 1), added(2 * DAY)];
    expect(adjustedRereads(depth, starved, done)).toEqual(starved.slice(0, 2));
  });
});
