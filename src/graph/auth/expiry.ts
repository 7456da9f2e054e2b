/** When the credential of an input ends, as far as anybody can tell, and the warnings ahead of it. */
import type { Log } from "../../telemetry/log.ts";

const DAY_MS = 86_400_000;
const DAYS_AHEAD = [30, 14, 7, 1];
/** So many characters of a secret Entra shows to tell it from others. */
const HINT_LENGTH = 3;

export interface Expiry {
  /** Milliseconds since the epoch; `null` while nobody has told. */
  readonly endsMs: number | null;
  /** The first characters of the secret that was used last; `null` where there was none. Never shown. */
  readonly hint: string | null;
  /** The credential in use ends at that time. Warns when it is near, once for each of 30, 14, 7 and 1 days. */
  learned(endsMs: number): void;
  /** A token was asked for with this secret. */
  usedSecret(value: string): void;
}

export interface ExpiryOptions {
  /** The key of the configuration. */
  readonly kind: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Until when warnings were given by processes before this one, in milliseconds since the epoch: what was passed by
   * then is not told again. @default never
   */
  readonly toldUntilMs?: () => number | null;
}

export function createExpiry({ kind, log, now, toldUntilMs = () => null }: ExpiryOptions): Expiry {
  let endsMs: number | null = null;
  let hint: string | null = null;
  let judgedMs: number | null = null;

  function warn(): void {
    const nowMs = now();
    const passed = endsMs === null
      ? []
      : DAYS_AHEAD.map((days) => endsMs! - days * DAY_MS).filter((at) => at <= nowMs);
    const latest = Math.max(...passed);
    const isTold = passed.length === 0 || latest <= (judgedMs ?? toldUntilMs() ?? -Infinity);
    judgedMs = nowMs;
    if (isTold || endsMs === null) return;
    const days = Math.floor((endsMs - nowMs) / DAY_MS);
    const left = days < 0 ? "it is over" : `in ${days === 1 ? "1 day" : `${days} days`}`;
    log.warn(
      `${kind} ends at ${
        new Date(endsMs).toISOString().slice(0, 19)
      }Z (${left}); put a new one in its place: ` +
        "it is taken with the next token, without a restart",
    );
  }
  return {
    get endsMs() {
      return endsMs;
    },
    get hint() {
      return hint;
    },
    learned(end) {
      endsMs = end;
      warn();
    },
    usedSecret: (value) => void (hint = value.slice(0, HINT_LENGTH)),
  };
}
