import { describe, expect, it } from "vitest";
import {
  addSeconds,
  formatInstant,
  type Instant,
  parseInstant,
  secondsBetween,
} from "../../../../src/instant.ts";
import type { Reread } from "../../../../src/state/position.ts";
import { creditAfterLive, creditAfterReread, isPaidFor } from "../../../../src/tap/late/credit.ts";
import {
  dueReread,
  EVENT_REREADS_SECONDS,
  lagOf,
  openRereads,
  rereadsAfter,
  spacingOf,
} from "../../../../src/tap/late/schedule.ts";

const NOW = parseInstant("2026-11-22T16:00:00Z") as Instant;
const ago = (seconds: number): Instant => addSeconds(NOW, -seconds);
const rereadsAt = (...secondsAgo: number[]): Reread[] =>
  secondsAgo.map((seconds) => ({ readTo: ago(seconds), idle: 0 }));

describe("the schedule of re-reads", () => {
  it("begins with nothing older than each looks at, and nothing before the start", () => {
    const rereads = openRereads(EVENT_REREADS_SECONDS, [], ago(7200), NOW);
    expect(rereads.map(({ readTo }) => secondsBetween(readTo, NOW))).toEqual([300, 900, 3600, 7200, 7200]);
  });

  it("keeps the re-reads that it had", () => {
    const rereads = rereadsAt(400);
    expect(openRereads([300, 900], rereads, ago(100_000), NOW)[0]).toEqual(rereads[0]);
  });

  it("makes one when its time has come, and as far as that time, so that neighbouring windows are read as one", () => {
    expect(dueReread([300], rereadsAt(900), NOW)).toBeNull();
    const due = dueReread([300], rereadsAt(1800), NOW);
    expect(formatInstant(due!.from)).toBe("2026-11-22T15:30:00Z");
    expect(formatInstant(due!.to)).toBe("2026-11-22T15:45:00Z");
    expect(dueReread([300], rereadsAt(900), ago(-300))).toMatchObject({ to: NOW });
  });

  it("goes on with one that was broken off, whatever little of it is left", () => {
    const [reread] = rereadsAfter(rereadsAt(5000), 0, ago(901), null);
    expect(dueReread([300], [reread!], NOW)).toMatchObject({ from: ago(901), to: ago(900) });
  });

  it("takes the deepest that is due first, since nobody finds what it misses", () => {
    expect(dueReread([300, 3600], rereadsAt(50_000, 50_000), NOW)).toMatchObject({ index: 1 });
  });

  it("leaves to the deeper one what a shallow one has fallen behind with", () => {
    const due = dueReread([300, 3600], rereadsAt(50_000, 7200), NOW);
    expect(due).toMatchObject({ index: 0, from: ago(3600), to: ago(900) });
  });

  it("never looks at an age twice: it moves on, never back", () => {
    const rereads = rereadsAt(1200, 9000);
    expect(rereadsAfter(rereads, 0, ago(300), 0)[0]).toEqual({ readTo: ago(300), idle: 1 });
    expect(rereadsAfter(rereads, 0, ago(5000), null)[0]).toEqual({ readTo: ago(1200), idle: 0 });
    expect(rereadsAfter(rereads, 0, ago(300), 0)[1]).toBe(rereads[1]);
  });

  it("grows rarer while nothing comes late, up to a quarter, and is back at once when something does", () => {
    expect([0, 7, 8, 16, 99].map((idle) => spacingOf(900, idle) / spacingOf(900, 0))).toEqual([
      1,
      1,
      2,
      4,
      4,
    ]);
    expect(rereadsAfter([{ readTo: ago(900), idle: 40 }], 0, ago(300), 3)[0]).toMatchObject({ idle: 0 });
  });

  it("costs no more than its share of the live requests, over any day", () => {
    for (const period of [60, 300, 900, 3600]) {
      const { live, others } = dayOf(period);
      expect(others / live, `period ${period}`).toBeLessThanOrEqual(0.61);
    }
  });
});

describe("the lag of re-reads", () => {
  it("begins where the deepest should have been made", () => {
    const day = 86_400;
    expect(lagOf([3600, day], rereadsAt(3600, day), NOW)).toBe(0);
    expect(lagOf([3600, day], rereadsAt(3600, day + 43_200), NOW)).toBe(0);
    expect(lagOf([3600, day], rereadsAt(3600, day + 43_200 + 500), NOW)).toBe(500);
    expect(lagOf([], [], NOW)).toBe(0);
  });
});

/** Requests of a quiet day, each poll and each re-read taking one. */
function dayOf(periodSeconds: number): { live: number; others: number } {
  let rereads = openRereads(EVENT_REREADS_SECONDS, [], ago(0), NOW);
  let credit = 0;
  let live = 0;
  let others = 0;
  for (let seconds = 0; seconds < 4 * 86_400; seconds += periodSeconds) {
    const now = addSeconds(NOW, seconds);
    credit = creditAfterLive(credit, 1);
    if (seconds >= 3 * 86_400) live++;
    for (let due = dueReread(EVENT_REREADS_SECONDS, rereads, now); due !== null && isPaidFor(credit);) {
      rereads = rereadsAfter(rereads, due.index, due.to, 1);
      credit = creditAfterReread(credit, 1);
      if (seconds >= 3 * 86_400) others++;
      due = dueReread(EVENT_REREADS_SECONDS, rereads, now);
    }
  }
  return { live, others };
}
