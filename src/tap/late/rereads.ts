import { addSeconds, compareInstants, type Instant, latest } from "../../instant.ts";

/**
 * When past ranges are read again for records that arrived late.
 *
 * Each step of the schedule looks at a range when it has reached a certain age, and keeps one mark: how far it has
 * come. Neighbouring windows are thus always read as one range, and the state is a mark a step.
 */

/** Seconds after which a range is read again, where the plugin and the configuration say nothing. */
export const EVENT_SWEEPS_SECONDS: readonly number[] = [300, 900, 3600, 21_600, 86_400];
export const UPDATE_SWEEPS_SECONDS: readonly number[] = [900, 3600, 21_600];
/** Requests that sweeps may make for each live one. */
export const CREDIT_PER_LIVE_REQUEST = 0.6;
/** A quiet night must not pay for a storm of sweeps in the morning. */
const MOST_CREDIT = 60;
/** What one window may take (window.ts): it is earned before a sweep begins, so that none is ever owed. */
const WINDOW_CREDIT = 20;
const LEAST_SPACING_SECONDS = 900;
const MOST_SPACING_SECONDS = 43_200;
/** After so many sweeps in a row that found nothing late, a step is taken half as often, up to a quarter. */
const IDLE_SWEEPS = 8;

/** How far a step has come, and how often in a row it found nothing late. */
export interface SweepMark {
  readonly readTo: Instant;
  readonly idle: number;
}

/** One range that is due to be read again. */
export interface DueSweep {
  readonly step: number;
  readonly from: Instant;
  readonly to: Instant;
}

/** Marks for a schedule: those there are, and for new steps what they begin with: nothing older than they look at. */
export function openMarks(
  schedule: readonly number[],
  marks: readonly SweepMark[],
  start: Instant,
  now: Instant,
): SweepMark[] {
  return schedule.map((age, step) =>
    marks[step] ?? { readTo: latest(start, addSeconds(now, -age)), idle: 0 }
  );
}

/** Seconds of time that a step gathers before it is taken. */
export function spacingOf(ageSeconds: number, idle: number): number {
  const spacing = Math.min(Math.max(2 * ageSeconds, LEAST_SPACING_SECONDS), MOST_SPACING_SECONDS);
  return spacing * Math.min(2 ** Math.floor(idle / IDLE_SWEEPS), 4);
}

/**
 * The sweep to take now, if any: the deepest that is due, since what it misses nobody finds; a shallow one that has
 * fallen behind the next deeper is left to that. A step reads up to the last multiple of its spacing, so that one that
 * was broken off stays due until it is whole.
 */
export function dueSweep(
  schedule: readonly number[],
  marks: readonly SweepMark[],
  now: Instant,
): DueSweep | null {
  for (let step = schedule.length - 1; step >= 0; step--) {
    const age = schedule[step]!;
    const { readTo, idle } = marks[step]!;
    const deeper = schedule[step + 1];
    const from = deeper === undefined ? readTo : latest(readTo, addSeconds(now, -deeper));
    const spacing = spacingOf(age, idle);
    const seconds = Math.floor((now.seconds - age) / spacing) * spacing;
    const to = { seconds, nanos: 0 };
    if (compareInstants(from, to) < 0) return { step, from, to };
  }
  return null;
}

/** The marks after a sweep has come as far as `readTo`; `late` records that it found, `null` while it goes on. */
export function movedMark(
  marks: readonly SweepMark[],
  step: number,
  readTo: Instant,
  late: number | null,
): SweepMark[] {
  return marks.map((mark, index) => {
    if (index !== step) return mark;
    const reached = compareInstants(readTo, mark.readTo) > 0 ? readTo : mark.readTo;
    return { readTo: reached, idle: late === null ? mark.idle : late > 0 ? 0 : mark.idle + 1 };
  });
}

/** Whether the credit is enough for one more window of a sweep. */
export function isPaidFor(credit: number): boolean {
  return credit > WINDOW_CREDIT;
}

/** The credit after so many live requests and so many of sweeps. */
export function creditAfter(credit: number, liveRequests: number, sweepRequests: number): number {
  return Math.min(credit + liveRequests * CREDIT_PER_LIVE_REQUEST, MOST_CREDIT) - sweepRequests;
}
