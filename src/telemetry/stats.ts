/** What was handed to the sink: the figures that the old collector's senders logged every five minutes. */

/** Totals since the start, and what came since they were last taken. */
export interface SenderFigures {
  readonly sent_total: number;
  /** Lines accepted since `since`. */
  readonly sent: number;
  /** RFC 3339: when figures were last taken. */
  readonly since: string;
  /** Time in which the sink was accepting them. */
  readonly elapsed_ms: number;
  readonly bytes_total: number;
}

/** Counts what a sink accepts. */
export interface SenderStats {
  accepted(lines: Uint8Array, elapsedMs: number): void;
  /** The figures; begins a new stretch. */
  take(): SenderFigures;
}

const LINE_FEED = 0x0a;

/** @param now milliseconds since the epoch */
export function createSenderStats(now: () => number): SenderStats {
  let since = now();
  let [total, sent, elapsed, bytes] = [0, 0, 0, 0];
  return {
    accepted(lines, elapsedMs) {
      const count = countLines(lines);
      total += count;
      sent += count;
      elapsed += elapsedMs;
      bytes += lines.length;
    },
    take() {
      const figures = {
        sent_total: total,
        sent,
        since: new Date(since).toISOString(),
        elapsed_ms: Math.round(elapsed),
        bytes_total: bytes,
      };
      since = now();
      sent = elapsed = 0;
      return figures;
    },
  };
}

/** How many lines end in `bytes`. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
