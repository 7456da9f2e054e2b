import type { Instant, Window } from "../instant.ts";
import type { WindowCounts } from "../record/tally.ts";
import { backdatedTo } from "./keyLife.ts";
import type { Stream } from "./stream.ts";

/** Knows what the keys are backdated to that a poll adds (`state/seen/forget.ts`). */
export interface Backdating {
  /** A window is read from here on; `counts` are always those of now. */
  beginWindow(window: Window<Instant | null>, counts: WindowCounts): void;
  /** Runs `read`, which reads windows of the backfill: their keys are needed only as long as it reaches back to them. */
  readingBack<T>(read: () => Promise<T>): Promise<T>;
  /** Of the keys that were added last, in milliseconds since the epoch; `null` when they count from now. */
  date(): number | null;
}

export function createBackdating(stream: Stream): Backdating {
  let isBack = false;
  let reading: { window: Window<Instant | null>; counts: WindowCounts } | null = null;
  return {
    beginWindow: (window, counts) => void (reading = { window, counts }),
    async readingBack(read) {
      isBack = true;
      reading = null;
      try {
        return await read();
      } finally {
        isBack = false;
      }
    },
    date: () =>
      isBack && reading !== null ? backdatedTo(stream, reading.window, reading.counts.outside) : null,
  };
}
