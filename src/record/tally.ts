import type { Instant, Window } from "../instant.ts";
import type { Newest } from "../state/position.ts";
import { createNewestKeeper, type NewestKeeper } from "./newest.ts";

/** What came of one window. */
export interface WindowCounts {
  /** Records that were not delivered before. */
  fresh: number;
  /** The oldest time of those. */
  oldestFresh: Instant | null;
  /** Records whose time lies outside the window that was asked for: Graph did not apply the filter. */
  outside: number;
  /** The key of the first record since the reader set it to `null`, as it does before each page. */
  pageKey: Uint8Array | null;
  /** Records that were too long since the reader took them. */
  leftOut: LeftOut[];
}

/** A record that is longer than is read. */
export interface LeftOut {
  /** Which one it is, and what the limit is. */
  readonly what: string;
  /** As JSON, where it is known and short. */
  readonly id: string | null;
  readonly time: Instant | null;
}

/** What an intake counts. */
export interface Tally {
  window: Window<Instant | null>;
  /** Of that window. */
  counts: WindowCounts;
  /** Records met and events told of those that went, and those among them that had been delivered before. */
  received: number;
  duplicates: number;
  readonly newest: NewestKeeper;
}

/** @param newest the newest that was known before */
export function createTally(newest: Newest | null): Tally {
  return {
    window: { from: null, to: null },
    counts: emptyCounts(),
    received: 0,
    duplicates: 0,
    newest: createNewestKeeper(newest),
  };
}

export function emptyCounts(): WindowCounts {
  return { fresh: 0, oldestFresh: null, outside: 0, pageKey: null, leftOut: [] };
}
