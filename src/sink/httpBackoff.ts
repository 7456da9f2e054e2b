import type { Clock } from "../clock.ts";
import { backoffMs } from "../net/backoff.ts";
import type { Log } from "../telemetry/log.ts";

const BOUNDS = { firstMs: 250, longestMs: 30_000 };
/** A line in the log so often while a receiver does not take what it is sent. */
const REPORT_MS = 60_000;

/** How long one batch is tried: for ever, until the stop. */
export interface Backoff {
  /** Waits before the next attempt. @throws the stop's reason, as soon as there is a stop */
  wait(reason: string, retryAfterSeconds: number | undefined): Promise<void>;
  /** The receiver took it, or never will. */
  done(): void;
}

export interface BackoffOptions {
  /** Scheme, host and port: a path may hold a token. */
  readonly receiver: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly random: () => number;
}

export function createBackoff({ receiver, clock, log, stop, random }: BackoffOptions): Backoff {
  let waits = 0;
  let firstMs = 0;
  let reportedMs = -Infinity;

  return {
    async wait(reason, retryAfterSeconds) {
      stop.throwIfAborted();
      const now = clock.now();
      if (waits === 0) firstMs = now;
      if (now - reportedMs >= REPORT_MS) {
        reportedMs = now;
        log.warn(`${receiver} does not take the lines: ${reason}; trying until it does`, {
          attempts: waits + 1,
          since_s: Math.round((now - firstMs) / 1000),
        });
      }
      await clock.sleep(backoffMs(BOUNDS, ++waits, retryAfterSeconds, random()), stop);
    },
    done() {
      if (waits === 0) return;
      log.info(`${receiver} answers again`, {
        attempts: waits + 1,
        after_s: Math.round((clock.now() - firstMs) / 1000),
      });
    },
  };
}
