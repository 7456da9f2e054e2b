/** Whether the sink takes what it is given. */

/** With lines waiting, a sink that has taken nothing for so long stalls. */
const STALL_MS = 60_000;

export interface Delivery {
  /** Writes that were accepted, and their bytes. */
  readonly writes: number;
  readonly bytes: number;
  /** Milliseconds that all writes have waited, one beside the other. */
  readonly waitedMs: number;
  /** Runs a write of the sink. @throws what it throws */
  follow(bytes: number, write: () => Promise<void>): Promise<void>;
  /** For how long the sink has taken nothing although lines wait; milliseconds, 0 when none wait. */
  idleMs(): number;
  /** For how long the sink has taken nothing although lines wait; seconds, 0 up to a minute. */
  stalledSeconds(): number;
}

/** @param now milliseconds since the epoch */
export function createDelivery(now: () => number): Delivery {
  let waiting = 0;
  /** When it last took something, or lines began to wait after a rest. */
  let sinceMs = 0;
  let [writes, bytes, waitedMs] = [0, 0, 0];
  const idleMs = () => waiting === 0 ? 0 : Math.max(0, now() - sinceMs);
  return {
    get writes() {
      return writes;
    },
    get bytes() {
      return bytes;
    },
    get waitedMs() {
      return waitedMs;
    },
    async follow(length, write) {
      const began = now();
      if (waiting++ === 0) sinceMs = began;
      try {
        await write();
        sinceMs = now();
        writes++;
        bytes += length;
      } finally {
        waiting--;
        // A clock that was set back gives no time back.
        waitedMs += Math.max(0, now() - began);
      }
    },
    idleMs,
    stalledSeconds() {
      const ms = idleMs();
      return ms > STALL_MS ? ms / 1000 : 0;
    },
  };
}
