import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 300_000;
/** A line in the log so often while a receiver does not take what it is sent. */
const REPORT_MS = 60_000;

/** How long one batch is tried: for ever, until the stop. */
export interface Patience {
  /** Waits before the next attempt. @throws the stop's reason, as soon as there is a stop */
  wait(reason: string, retryAfterSeconds: number | undefined): Promise<void>;
  /** The receiver took it, or never will. */
  done(): void;
}

export interface PatienceOptions {
  /** Scheme, host and port: a path may hold a token. */
  readonly receiver: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly random: () => number;
}

export function createPatience({ receiver, clock, log, stop, random }: PatienceOptions): Patience {
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
      await clock.sleep(delayMs(++waits, retryAfterSeconds, random()), stop);
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

/**
 * Milliseconds before repeat number `repeat` (from 1): what the receiver asked, capped, or an exponential backoff up
 * to 30 s, spread so that many senders do not return at once.
 *
 * @param random in [0, 1)
 */
export function delayMs(repeat: number, retryAfterSeconds: number | undefined, random: number): number {
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** (repeat - 1), LONGEST_DELAY_MS);
  const asked = Math.min((retryAfterSeconds ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
  return asked > 0 ? asked + backoff * random * 0.1 : backoff * (0.5 + random / 2);
}
