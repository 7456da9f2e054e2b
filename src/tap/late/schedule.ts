import { addSeconds, compareInstants, type Instant, latest, secondsBetween } from "../../instant.ts";
import type { Reread } from "../../state/position.ts";

/**
 * When past time is read again. Each re-read of a stream has an age in seconds, the shallowest first, and a
 * {@linkcode Reread} in the position at the same index. Why: `rereads.ts`.
 */

/** Ages in seconds where the plugin and the configuration say nothing. */
export const EVENT_REREADS_SECONDS: readonly number[] = [300, 900, 3600, 21_600, 86_400];
export const UPDATE_REREADS_SECONDS: readonly number[] = [900, 3600, 21_600];

const LEAST_SPACING_SECONDS = 900;
const MOST_SPACING_SECONDS = 43_200;
/** After so many times in a row that found nothing late, a re-read is made half as often, up to a quarter. */
const IDLE_TIMES = 8;

/** One range that is due to be read again. */
export interface DueReread {
  readonly index: number;
  readonly from: Instant;
  readonly to: Instant;
}

/** The re-reads for these ages: those there are, and new ones, which begin with nothing older than they look at. */
export function openRereads(
  ages: readonly number[],
  rereads: readonly Reread[],
  start: Instant,
  now: Instant,
): Reread[] {
  return ages.map((age, index) =>
    rereads[index] ?? { readTo: latest(start, addSeconds(now, -age)), idle: 0 }
  );
}

/** Seconds of time that a re-read gathers before it is made. */
export function spacingOf(ageSeconds: number, idle: number): number {
  const spacing = Math.min(Math.max(2 * ageSeconds, LEAST_SPACING_SECONDS), MOST_SPACING_SECONDS);
  return spacing * Math.min(2 ** Math.floor(idle / IDLE_TIMES), 4);
}

/**
 * What to read again now, if anything: the deepest that is due, since what it misses nobody finds; a shallow one that
 * has fallen behind the next deeper leaves that part to it. A re-read goes up to the last multiple of its spacing, so
 * that one that was broken off stays due until it is whole.
 */
export function dueReread(
  ages: readonly number[],
  rereads: readonly Reread[],
  now: Instant,
): DueReread | null {
  for (let index = ages.length - 1; index >= 0; index--) {
    const age = ages[index]!;
    const { readTo, idle } = rereads[index]!;
    const deeper = ages[index + 1];
    const from = deeper === undefined ? readTo : latest(readTo, addSeconds(now, -deeper));
    const spacing = spacingOf(age, idle);
    const seconds = Math.floor((now.seconds - age) / spacing) * spacing;
    const to = { seconds, nanos: 0 };
    if (compareInstants(from, to) < 0) return { index, from, to };
  }
  return null;
}

/** The re-reads after one came as far as `readTo`; `late` records that it found, `null` while it goes on. */
export function rereadsAfter(
  rereads: readonly Reread[],
  index: number,
  readTo: Instant,
  late: number | null,
): Reread[] {
  return rereads.map((reread, other) => {
    if (other !== index) return reread;
    const idle = late === null ? reread.idle : late > 0 ? 0 : reread.idle + 1;
    return { readTo: latest(readTo, reread.readTo), idle };
  });
}

/** Seconds by which the deepest of these ages is behind its time; 0 when it is not. */
export function lagOf(ages: readonly number[], rereads: readonly Reread[], now: Instant): number {
  const age = ages.at(-1);
  const reread = rereads[ages.length - 1];
  if (age === undefined || reread === undefined) return 0;
  return Math.max(0, secondsBetween(reread.readTo, addSeconds(now, -age)) - spacingOf(age, reread.idle));
}
