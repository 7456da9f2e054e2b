import type { Instant, Window } from "../instant.ts";

/**
 * Whether a time lies outside the window that was asked for. Bounds were widened to whole seconds, and by one more where
 * an operator excludes its bound.
 */
export function isOutside(seconds: number, nanos: number, { from, to }: Window<Instant | null>): boolean {
  if (from !== null && seconds < from.seconds - 1) return true;
  return to !== null && (seconds > to.seconds + 2 || (seconds === to.seconds + 2 && nanos > 0));
}
