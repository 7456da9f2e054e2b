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
    for (let more = 0; more < passed; more++) counts.push(0);
    counts = counts.slice(-MINUTES);
    last = Math.max(last, minute);
  }
  return {
    add(count, nowMs) {
      if (count === 0) return;
      if (counts.length === 0) {
        counts = Array<number>(MINUTES).fill(0);
        last = Math.floor(nowMs / MINUTE_MS);
      }
      moveTo(Math.floor(nowMs / MINUTE_MS));
      counts[counts.length - 1]! += count;
    },
    list(nowMs) {
      if (counts.length === 0) return [];
      moveTo(Math.floor(nowMs / MINUTE_MS));
      if (counts.every((count) => count === 0)) counts = [];
      return [...counts];
    },
  };
}
