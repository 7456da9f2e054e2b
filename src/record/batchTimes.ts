/** What the times of a batch's records tell, without an object for each. A record without a time has NaN. */
import type { Instant, Window } from "../instant.ts";
import { type Batch, SLICE_WORDS } from "../json/batch.ts";
import type { NewestKeeper } from "./newest.ts";
import { isOutside } from "./outside.ts";

/** How many lie outside the window. */
export function countOutside({ count, seconds, nanos }: Batch, window: Window<Instant | null>): number {
  let outside = 0;
  // Of NaN nothing is true.
  for (let i = 0; i < count; i++) if (isOutside(seconds[i]!, nanos[i]!, window)) outside++;
  return outside;
}

/** Whether `test` holds for the time of one that lies outside the window. */
export function someOutside(
  { count, seconds, nanos }: Batch,
  window: Window<Instant | null>,
  test: (time: Instant) => boolean,
): boolean {
  for (let i = 0; i < count; i++) {
    const time = { seconds: seconds[i]!, nanos: nanos[i]! };
    if (isOutside(time.seconds, time.nanos, window) && test(time)) return true;
  }
  return false;
}

/** The oldest of the first `count` in `fresh`; `null` when none has a time. */
export function oldestFresh(batch: Batch, count: number): Instant | null {
  return utmost(batch, count, -1);
}

/** Has the keeper meet those of the first `count` in `fresh` that are newer than all others of them. */
export function meetNewest(batch: Batch, count: number, keeper: NewestKeeper): void {
  const newest = utmost(batch, count, 1);
  if (newest === null) return;
  const { bytes, fresh, seconds, nanos, slices } = batch;
  for (let n = 0; n < count; n++) {
    const i = fresh[n]!;
    if (seconds[i] !== newest.seconds || nanos[i] !== newest.nanos) continue;
    keeper.meet(newest, bytes, slices[i * SLICE_WORDS]!, slices[i * SLICE_WORDS + 1]!);
  }
}

/** The newest of the first `count` in `fresh` with `sign` 1, the oldest with -1. */
function utmost({ fresh, seconds, nanos }: Batch, count: number, sign: 1 | -1): Instant | null {
  let most = -1;
  for (let n = 0; n < count; n++) {
    const i = fresh[n]!;
    const second = seconds[i]!;
    if (Number.isNaN(second)) continue;
    const later = most < 0 ? sign : second - seconds[most]! || nanos[i]! - nanos[most]!;
    if (later * sign > 0) most = i;
  }
  return most < 0 ? null : { seconds: seconds[most]!, nanos: nanos[most]! };
}
