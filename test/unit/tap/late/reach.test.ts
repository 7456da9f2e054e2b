import { describe, expect, it } from "vitest";
import { addSeconds, type Instant, parseInstant, secondsBetween } from "../../../../src/instant.ts";
import { adjustedMarks, type Reach, scheduleFor, sweepLag } from "../../../../src/tap/late/reach.ts";
import type { SweepMark } from "../../../../src/tap/late/rereads.ts";

const NOW = parseInstant("2026-11-22T16:00:00Z") as Instant;
const DAY = 86_400;
const ago = (seconds: number): Instant => addSeconds(NOW, -seconds);
const reach: Reach = { usual: [3600, DAY], most: 5 * DAY };
const inTime: SweepMark[] = [{ readTo: ago(3600), idle: 0 }, { readTo: ago(DAY), idle: 0 }];
const added = (secondsAgo: number, idle = 0): SweepMark => ({ readTo: ago(secondsAgo), idle });
const done = { foundDeep: true, inTime: true, oldestKnown: ago(30 * DAY), now: NOW };

describe("how far back re-reads reach", () => {
  it("doubles step by step up to its bound, as far as there are marks", () => {
    expect(scheduleFor(reach, 0)).toEqual([3600, DAY]);
    expect(scheduleFor(reach, 3)).toEqual([3600, DAY, 2 * DAY]);
    expect(scheduleFor(reach, 9)).toEqual([3600, DAY, 2 * DAY, 4 * DAY, 5 * DAY]);
  });

  it("stays as configured when the bound is no deeper, or when there are no re-reads at all", () => {
    expect(scheduleFor({ usual: [3600], most: 60 }, 5)).toEqual([3600]);
    expect(scheduleFor({ usual: [], most: 0 }, 5)).toEqual([]);
    expect(adjustedMarks({ usual: [], most: 0 }, [], done)).toEqual([]);
  });

  it("grows when the deepest finds late records while all are in time", () => {
    const marks = adjustedMarks(reach, inTime, done);
    expect(marks.slice(0, 2)).toEqual(inTime);
    expect(marks[2]).toEqual(added(2 * DAY));
  });

  it.each([
    ["nothing was late", { ...done, foundDeep: false }],
    ["something is still due: the deepest may stand in for others", { ...done, inTime: false }],
  ])("stays when %s", (_, what) => {
    expect(adjustedMarks(reach, inTime, what)).toEqual(inTime);
  });

  it("never begins where keys are forgotten, since records would leave twice", () => {
    const marks = adjustedMarks(reach, inTime, { ...done, oldestKnown: ago(DAY + 7200) });
    expect(secondsBetween(marks[2]!.readTo, NOW)).toBe(DAY + 7200);
  });

  it("shrinks when an added step has found nothing for long, but keeps the usual ones whatever they find", () => {
    expect(adjustedMarks(reach, [...inTime, added(2 * DAY, 8)], { ...done, foundDeep: false })).toEqual(
      inTime,
    );
    const idle = inTime.map((mark) => ({ ...mark, idle: 99 }));
    expect(adjustedMarks(reach, idle, { ...done, foundDeep: false })).toEqual(idle);
  });

  it("shrinks when an added step takes what the usual ones need", () => {
    const starved = [inTime[0]!, added(DAY + 2 * 43_200 + 1), added(2 * DAY)];
    expect(adjustedMarks(reach, starved, done)).toEqual(starved.slice(0, 2));
  });
});

describe("the lag of re-reads", () => {
  it("begins where the deepest should have been taken", () => {
    expect(sweepLag([3600, DAY], inTime, NOW)).toBe(0);
    expect(sweepLag([3600, DAY], [inTime[0]!, added(DAY + 43_200)], NOW)).toBe(0);
    expect(sweepLag([3600, DAY], [inTime[0]!, added(DAY + 43_200 + 500)], NOW)).toBe(500);
    expect(sweepLag([], [], NOW)).toBe(0);
  });
});
