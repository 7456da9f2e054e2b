import { describe, expect, it } from "vitest";
import { isDue } from "../../../src/tap/period.ts";
import { manualClock } from "../../support/manualClock.ts";

/** How a timer starts `pull --due`, and how long the process takes until it looks and until the poll begins. */
interface Timer {
  readonly everySeconds: number;
  /** Milliseconds from the timer's tick to the look, at most. */
  readonly startMs: number;
  /** Milliseconds from the look to the poll, at most. */
  readonly openMs: number;
}

/** The runs, counted from 0, in which a service of this period was polled. */
function polledRuns(periodSeconds: number, { everySeconds, startMs, openMs }: Timer, runs: number): number[] {
  const clock = manualClock();
  const first = clock.now();
  const random = sequence();
  const polled: number[] = [];
  let lastPollStartedMs: number | null = null;
  for (let run = 0; run < runs; run++) {
    clock.advance(first + run * everySeconds * 1000 + random() * startMs - clock.now());
    if (!isDue(lastPollStartedMs, periodSeconds, clock.now())) continue;
    clock.advance(random() * openMs);
    lastPollStartedMs = Math.round(clock.now());
    polled.push(run);
  }
  return polled;
}

/** Numbers from 0 to 1, the same ones each time. */
function sequence(): () => number {
  let state = 1;
  return () => (state = state * 48271 % 0x7fffffff) / 0x7fffffff;
}

const everyNth = (n: number, runs: number) => Array.from({ length: runs / n }, (_, index) => index * n);

describe("pull --due from a timer", () => {
  it.each([
    ["milliseconds", { everySeconds: 60, startMs: 5, openMs: 20 }],
    ["a busy host's seconds", { everySeconds: 60, startMs: 3000, openMs: 2500 }],
  ])("polls a service of 60 s in every run of each minute, with %s from tick to poll", (_, timer) => {
    expect(polledRuns(60, timer, 1000)).toEqual(everyNth(1, 1000));
  });

  it.each([
    ["300 s, each minute", 300, 60, 5],
    ["3600 s, each minute", 3600, 60, 60],
    ["60 s, each ten seconds", 60, 10, 6],
    ["60 s, each half minute", 60, 30, 2],
    ["10 s, each ten seconds", 10, 10, 1],
  ])("never polls a service of %s, a run too early or too late", (_, period, everySeconds, n) => {
    const runs = n * 50;
    expect(polledRuns(period, { everySeconds, startMs: 300, openMs: 600 }, runs)).toEqual(everyNth(n, runs));
  });
});

describe("isDue", () => {
  const now = Date.UTC(2026, 10, 22, 16);

  it.each([
    ["never polled", null, true],
    ["polled in the future, by a clock that was set back", now + 1000, true],
    ["polled half a period ago", now - 30_000, false],
    ["polled a tenth less than the period ago", now - 54_000, true],
    ["polled a little less than that ago", now - 53_999, false],
  ])("of a stream that was %s", (_, last, due) => {
    expect(isDue(last, 60, now)).toBe(due);
  });

  it("is half a minute early at most, however long the period", () => {
    expect(isDue(now - (86_400_000 - 30_000), 86_400, now)).toBe(true);
    expect(isDue(now - (86_400_000 - 30_001), 86_400, now)).toBe(false);
  });
});
