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
  /** Nobody can tell when it ends, for this reason. */
  unknown(why: string): void;
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

  function learned(end: number): void {
    endsMs = end;
    const nowMs = now();
    const passed = DAYS_AHEAD.map((days) => end - days * DAY_MS).filter((at) => at <= nowMs);
    const isTold = passed.length === 0 || Math.max(...passed) <= (judgedMs ?? toldUntilMs() ?? -Infinity);
    judgedMs = nowMs;
    if (!isTold) log.warn(warningOf(kind, end, nowMs));
  }
  return {
    get endsMs() {
      return endsMs;
    },
    get hint() {
      return hint;
    },
    learned,
    unknown: (why) => log.info(`when ${kind} ends is unknown: ${why}`),
    usedSecret: (value) => void (hint = value.slice(0, HINT_LENGTH)),
  };
}

function warningOf(kind: string, endsMs: number, nowMs: number): string {
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const left = days < 0 ? "it is over" : `in ${days === 1 ? "1 day" : `${days} days`}`;
  const end = new Date(endsMs).toISOString().slice(0, 19);
  return `${kind} ends at ${end}Z (${left}); put a new one in its place: it is taken with the next token, without a restart`;
}
