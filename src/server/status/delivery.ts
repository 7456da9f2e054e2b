/** Whether the sink takes what it is given. */

/** With lines waiting, a sink that has taken nothing for so long stalls. */
const STALL_MS = 60_000;

export interface Delivery {
  /** Runs a write of the sink. @throws what it throws */
  follow(write: () => Promise<void>): Promise<void>;
  /** For how long the sink has taken nothing although lines wait; seconds, 0 up to a minute. */
  stalledSeconds(): number;
}

/** @param now milliseconds since the epoch */
export function createDelivery(now: () => number): Delivery {
  let waiting = 0;
  /** When it last took something, or lines began to wait after a rest. */
  let sinceMs = 0;
  return {
    async follow(write) {
      if (waiting++ === 0) sinceMs = now();
      try {
        await write();
        sinceMs = now();
      } finally {
        waiting--;
      }
    },
    stalledSeconds() {
      const ms = waiting === 0 ? 0 : now() - sinceMs;
      return ms > STALL_MS ? ms / 1000 : 0;
    },
  };
}
