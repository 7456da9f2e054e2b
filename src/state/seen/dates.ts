import { KEY_BYTES } from "./keys.ts";
import { backdatedPeriodOf } from "./segmentNames.ts";

/** Keys that go into one segment. */
export interface KeyRun {
  readonly keys: Uint8Array;
  /** What they are backdated to, in milliseconds since the epoch; `null` when they count from now. */
  readonly untilMs: number | null;
}

/** From when the keys count that wait for their commit, in the order in which they were added. */
export interface KeyDates {
  /** Says it of all before the `count`-th of which it was not said yet. */
  say(count: number, untilMs: number | null): void;
  /** `keys` cut into runs; those of which nothing was said count from now. */
  cut(keys: Uint8Array): readonly KeyRun[];
  clear(): void;
}

export function createKeyDates(): KeyDates {
  let said: { end: number; untilMs: number | null }[] = [];

  function say(count: number, untilMs: number | null): void {
    const last = said.at(-1);
    if (count === (last?.end ?? 0)) return;
    if (last === undefined || !areTogether(last.untilMs, untilMs)) {
      return void said.push({ end: count, untilMs });
    }
    last.end = count;
    if (untilMs !== null) last.untilMs = Math.max(last.untilMs!, untilMs);
  }
  return {
    say,
    cut(keys) {
      say(keys.length / KEY_BYTES, null);
      return said.map(({ end, untilMs }, index) => ({
        keys: keys.subarray((said[index - 1]?.end ?? 0) * KEY_BYTES, end * KEY_BYTES),
        untilMs,
      }));
    },
    clear: () => void (said = []),
  };
}

/** Whether keys of two dates share a segment. */
function areTogether(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return backdatedPeriodOf(one) === backdatedPeriodOf(other);
}
