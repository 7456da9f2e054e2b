import type { Clock } from "../../clock.ts";
import type { Sink } from "../../sink/sink.ts";

/** What polls handed to the sink, and how long they waited for it. */
export interface SinkMeter {
  readonly writes: number;
  /** Bytes of lines that the sink accepted. */
  readonly bytes: number;
  /** Milliseconds that polls have waited for it, all of them together. */
  readonly waitedMs: number;
  /** Milliseconds that the write waits which began first of those that are not accepted yet; 0 without any. */
  longestWaitMs(): number;
  /** The sink, measured once a write. */
  watch(sink: Sink): Sink;
}

export function createSinkMeter({ now }: Pick<Clock, "now">): SinkMeter {
  const underWay = new Set<{ readonly sinceMs: number }>();
  let [writes, bytes, waitedMs] = [0, 0, 0];
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
    longestWaitMs() {
      const [first] = underWay;
      return first === undefined ? 0 : Math.max(0, now() - first.sinceMs);
    },
    watch: (sink) => ({
      ...sink,
      async write(lines, origin) {
        const write = { sinceMs: now() };
        const { length } = lines;
        underWay.add(write);
        try {
          await sink.write(lines, origin);
          writes++;
          bytes += length;
        } finally {
          underWay.delete(write);
          waitedMs += Math.max(0, now() - write.sinceMs);
        }
      },
    }),
  };
}
