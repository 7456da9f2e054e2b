import { latest, secondsBetween, type Window } from "../instant.ts";

/** A window that could not be read: kept until it was. */
export interface Gap extends Window {
  /** Code of the failure. */
  readonly reason: string;
  /** Milliseconds since the epoch of the first failure. */
  readonly sinceMs: number;
  /** How often it was tried again. */
  readonly attempts: number;
  /** Milliseconds since the epoch when it is tried again. */
  readonly nextTryMs: number;
}

// Gaps are compared by the second: Graph is asked for whole seconds around a window.

/** The gaps with one more, in order of time; next to another of the same reason it makes that one longer. */
export function withGap(gaps: readonly Gap[], gap: Gap): Gap[] {
  const neighbour = gaps.find((other) =>
    other.reason === gap.reason && other.to.seconds >= gap.from.seconds &&
    gap.to.seconds >= other.from.seconds
  );
  if (neighbour === undefined) return [...gaps, gap].sort(byTime);
  const from = byTime(neighbour, gap) <= 0 ? neighbour.from : gap.from;
  const to = neighbour.to.seconds >= gap.to.seconds ? neighbour.to : gap.to;
  return gaps.map((other) => other === neighbour ? { ...neighbour, from, to } : other).sort(byTime);
}

/** What is left of the ranges without a window that was read now; those that it does not meet are the same objects. */
export function withoutWindow<Range extends Window>(ranges: readonly Range[], { from, to }: Window): Range[] {
  return ranges.flatMap((range) => {
    const begins = range.from.seconds < from.seconds;
    const ends = range.to.seconds > to.seconds;
    if (range.to.seconds <= from.seconds && begins || range.from.seconds >= to.seconds && ends) {
      return [range];
    }
    return [...(begins ? [{ ...range, to: from }] : []), ...(ends ? [{ ...range, from: to }] : [])];
  });
}

/** The order of gaps: the oldest first. */
export function byTime(a: Window, b: Window): number {
  return a.from.seconds - b.from.seconds;
}

/** Seconds of time that the gaps cover together; where they overlap, once. */
export function gapSeconds(gaps: readonly Window[]): number {
  let sum = 0;
  let covered: Window["to"] | null = null;
  for (const { from, to } of [...gaps].sort((a, b) => secondsBetween(b.from, a.from))) {
    const start: Window["to"] = covered === null ? from : latest(covered, from);
    sum += Math.max(0, secondsBetween(start, to));
    covered = covered === null ? to : latest(covered, to);
  }
  return sum;
}
