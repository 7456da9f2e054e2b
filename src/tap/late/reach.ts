import { addSeconds, type Instant, latest, secondsBetween } from "../../instant.ts";
import { spacingOf, type SweepMark } from "./rereads.ts";

/**
 * How far back re-reads reach. Where the deepest still finds late records while all are in time, one twice as deep is
 * added behind it, up to a bound; an added one goes again when it has found nothing for some time, or when it takes
 * what the usual ones need. The state is the number of marks.
 */

/** An added step goes after so many sweeps in a row that found nothing late. */
const IDLE_SWEEPS = 8;

/** The usual schedule, and how deep it may become. */
export interface Reach {
  readonly usual: readonly number[];
  /** Seconds. */
  readonly most: number;
}

/** The schedule in use: the usual steps, and behind them what was added, as many as there are marks. */
export function scheduleFor({ usual, most }: Reach, marks: number): readonly number[] {
  const schedule = [...usual];
  for (let deepest = usual.at(-1) ?? most; schedule.length < marks && deepest < most;) {
    deepest = Math.min(2 * deepest, most);
    schedule.push(deepest);
  }
  return schedule;
}

/** What the sweeps of a poll came to. */
export interface SweepsDone {
  /** The deepest step found late records. */
  readonly foundDeep: boolean;
  /** Nothing is due any more. */
  readonly inTime: boolean;
  /** Where an added step may begin: whatever is older was delivered too long ago for its key to be known. */
  readonly oldestKnown: Instant;
  readonly now: Instant;
}

/** The marks with one more for a deeper step, with one less, or as they are. */
export function adjustedMarks(
  reach: Reach,
  marks: readonly SweepMark[],
  done: SweepsDone,
): readonly SweepMark[] {
  const { now, oldestKnown } = done;
  const isAdded = marks.length > reach.usual.length;
  if (isAdded && (marks.at(-1)!.idle >= IDLE_SWEEPS || isLate(reach.usual, marks, now))) {
    return marks.slice(0, -1);
  }
  const deeper = scheduleFor(reach, marks.length + 1)[marks.length];
  if (deeper === undefined || !done.foundDeep || !done.inTime) return marks;
  return [...marks, { readTo: latest(oldestKnown, addSeconds(now, -deeper)), idle: 0 }];
}

/** Seconds by which the deepest step of a schedule is behind its time; 0 when it is not. */
export function sweepLag(schedule: readonly number[], marks: readonly SweepMark[], now: Instant): number {
  const age = schedule.at(-1);
  const mark = marks[schedule.length - 1];
  if (age === undefined || mark === undefined) return 0;
  return Math.max(0, secondsBetween(mark.readTo, addSeconds(now, -age)) - spacingOf(age, mark.idle));
}

function isLate(usual: readonly number[], marks: readonly SweepMark[], now: Instant): boolean {
  return sweepLag(usual, marks, now) > spacingOf(usual.at(-1) ?? 0, 0);
}
