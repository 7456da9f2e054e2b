import type { Clock } from "../clock.ts";
import { addSeconds, fromMillis, type Instant, secondsBetween } from "../instant.ts";

/** What the answers of a poll told of Graph's own clock. */
export interface GraphClock {
  /** An answer that has just been read says when it was made; `null` when it does not. */
  note(serverTime: Instant | null): void;
  /** Seconds that the host's clock is ahead, by the answer that took least; `null` until one told. */
  readonly hostAheadSeconds: number | null;
  /** The moment by Graph's clock; `null` until an answer told. */
  now(): Instant | null;
}

/** Compares Graph's clock with that of the host. */
export function createGraphClock(clock: Clock): GraphClock {
  let ahead: number | null = null;
  return {
    note(serverTime) {
      if (serverTime === null) return;
      ahead = Math.min(ahead ?? Infinity, secondsBetween(serverTime, fromMillis(clock.now())));
    },
    get hostAheadSeconds() {
      return ahead;
    },
    now: () => ahead === null ? null : addSeconds(fromMillis(clock.now()), -ahead),
  };
}
