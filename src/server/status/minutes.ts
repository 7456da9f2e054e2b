/** What came in each of the last sixty minutes. */

const MINUTES = 60;
const MINUTE_MS = 60_000;

/** Counts by the minute. Nothing is kept of a stream without records. */
export interface Minutes {
  /** @param nowMs milliseconds since the epoch */
  add(count: number, nowMs: number): void;
  /** The last sixty minutes, oldest first, the one under way at the end; empty when nothing came in them. */
  list(nowMs: number): number[];
}

export function createMinutes(): Minutes {
  let counts: number[] = [];
  /** The minute of the last of `counts`, in minutes since the epoch. */
  let last = 0;

  /** Moves on to this minute. A clock that was set back goes on with the minute that it was in. */
  function moveTo(minute: number): void {
    const passed = Math.min(minute - last, MINUTES);
    if (passed <= 0) return;
    counts = [...counts.slice(passed), ...Array<number>(passed).fill(0)];
    last = minute;
    if (counts.every((count) => count === 0)) counts = [];
  }
  return {
    add(count, nowMs) {
      if (count === 0) return;
      const minute = Math.floor(nowMs / MINUTE_MS);
      moveTo(minute);
      if (counts.length === 0) {
        counts = Array<number>(MINUTES).fill(0);
        last = minute;
      }
      counts[counts.length - 1]! += count;
    },
    list(nowMs) {
      moveTo(Math.floor(nowMs / MINUTE_MS));
      return counts.slice();
    },
  };
}
