import { describe, expect, it } from "vitest";
import {
  addSeconds,
  formatInstant,
  type Instant,
  parseInstant,
  secondsBetween,
} from "../../../../src/instant.ts";
import {
  creditAfter,
  dueSweep,
  EVENT_SWEEPS_SECONDS,
  isPaidFor,
  movedMark,
  openMarks,
  spacingOf,
  type SweepMark,
} from "../../../../src/tap/late/rereads.ts";

const NOW = parseInstant("2026-11-22T16:00:00Z") as Instant;
const ago = (seconds: number): Instant => addSeconds(NOW, -seconds);
const marksAt = (...secondsAgo: number[]): SweepMark[] =>
  secondsAgo.map((seconds) => ({ readTo: ago(seconds), idle: 0 }));

describe("the schedule of re-reads", () => {
  it("begins with nothing older than each step looks at, and nothing before the start", () => {
    const marks = openMarks(EVENT_SWEEPS_SECONDS, [], ago(7200), NOW);
    expect(marks.map(({ readTo }) => secondsBetween(readTo, NOW))).toEqual([300, 900, 3600, 7200, 7200]);
  });

  it("keeps the marks of steps that it had", () => {
    const marks = marksAt(400);
    expect(openMarks([300, 900], marks, ago(100_000), NOW)[0]).toEqual(marks[0]);
  });

  it("takes a step when its time has come, and as far as that time, so that neighbouring windows are read as one", () => {
    expect(dueSweep([300], marksAt(900), NOW)).toBeNull();
    const due = dueSweep([300], marksAt(1800), NOW);
    expect(formatInstant(due!.from)).toBe("2026-11-22T15:30:00Z");
    expect(formatInstant(due!.to)).toBe("2026-11-22T15:45:00Z");
    expect(dueSweep([300], marksAt(900), ago(-300))).toMatchObject({ to: NOW });
  });

  it("goes on with a step that was broken off, whatever little of it is left", () => {
    const [mark] = movedMark(marksAt(5000), 0, ago(901), null);
    expect(dueSweep([300], [mark!], NOW)).toMatchObject({ from: ago(901), to: ago(900) });
  });

  it("takes the deepest that is due first, since nobody finds what it misses", () => {
    expect(dueSweep([300, 3600], marksAt(50_000, 50_000), NOW)).toMatchObject({ step: 1 });
  });

  it("leaves to the deeper step what a shallow one has fallen behind with", () => {
    const due = dueSweep([300, 3600], marksAt(50_000, 7200), NOW);
    expect(due).toMatchObject({ step: 0, from: ago(3600), to: ago(900) });
  });

  it("never looks at an age twice: the mark moves on, never back", () => {
    const marks = marksAt(1200, 9000);
    expect(movedMark(marks, 0, ago(300), 0)[0]).toEqual({ readTo: ago(300), idle: 1 });
    expect(movedMark(marks, 0, ago(5000), null)[0]).toEqual({ readTo: ago(1200), idle: 0 });
    expect(movedMark(marks, 0, ago(300), 0)[1]).toBe(marks[1]);
  });

  it("grows rarer while nothing comes late, up to a quarter, and is back at once when something does", () => {
    expect([0, 7, 8, 16, 99].map((idle) => spacingOf(900, idle) / spacingOf(900, 0))).toEqual([
      1,
      1,
      2,
      4,
      4,
    ]);
    expect(movedMark([{ readTo: ago(900), idle: 40 }], 0, ago(300), 3)[0]).toMatchObject({ idle: 0 });
  });

  it("costs no more than its share of the live requests, over any day", () => {
    for (const period of [60, 300, 900, 3600]) {
      const { live, sweeps } = dayOf(period);
      expect(sweeps / live, `period ${period}`).toBeLessThanOrEqual(0.61);
    }
  });
});

/** Requests of a quiet day, each poll and each sweep taking one. */
function dayOf(periodSeconds: number): { live: number; sweeps: number } {
  let marks = openMarks(EVENT_SWEEPS_SECONDS, [], ago(0), NOW);
  let credit = 0;
  let live = 0;
  let sweeps = 0;
  for (let seconds = 0; seconds < 4 * 86_400; seconds += periodSeconds) {
    const now = addSeconds(NOW, seconds);
    credit = creditAfter(credit, 1, 0);
    if (seconds >= 3 * 86_400) live++;
    for (let due = dueSweep(EVENT_SWEEPS_SECONDS, marks, now); due !== null && isPaidFor(credit);) {
      marks = movedMark(marks, due.step, due.to, 1);
      credit = creditAfter(credit, 0, 1);
      if (seconds >= 3 * 86_400) sweeps++;
      due = dueSweep(EVENT_SWEEPS_SECONDS, marks, now);
    }
  }
  return { live, sweeps };
}
