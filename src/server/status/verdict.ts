/** How a stream is doing, in one word; decided here and nowhere else. */

/** The words, in the order in which somebody should look: what is lost stays so, the others can be mended. */
export const VERDICTS = ["failing", "gap", "late", "lost", "waiting", "healthy"] as const;

/**
 * `failing`: polls fail, and not just once. `gap`: a range could not be read. `late`: the position is further behind than
 * polling at its period explains. `lost`: Graph dropped a range before it was read, and nobody has taken note of that.
 * `waiting`: not read yet. `healthy`: none of these.
 */
export type Verdict = (typeof VERDICTS)[number];

/** What a verdict is made of. All lengths of time are seconds. */
export interface Signs {
  /** Whether the last poll failed, or the requests of the one under way do. */
  readonly fails: boolean;
  /** Since the stream was last read to its end; `null` before the first time. */
  readonly sinceSuccess: number | null;
  /** Ranges in its gap ledger. */
  readonly gaps: number;
  /** Ranges that are lost for good. */
  readonly lost: number;
  /** How far its position is behind now; `null` before there is one. */
  readonly lag: number | null;
  /** Whether a poll of it has come to an end in this process. */
  readonly hasBegun: boolean;
  /** Since it is followed. */
  readonly uptime: number;
  /** From the start of a poll to the next. */
  readonly period: number;
  /** Whether it is polled at its period, and not only when a client pulls. */
  readonly polls: boolean;
}

/** A failure counts after so many periods without a success: most are mended by the next poll. */
const GRACE_PERIODS = 2;
/** A position may be behind by so many periods, and by what a poll itself takes. */
const LATE_PERIODS = 3;
const LATE_SECONDS = 60;

/** Judges a stream: the first of {@linkcode VERDICTS} that fits. */
export function verdictOf(signs: Signs): Verdict {
  const { fails, sinceSuccess, gaps, lost, lag, hasBegun, uptime, period, polls } = signs;
  if (fails && (sinceSuccess === null || sinceSuccess > GRACE_PERIODS * period)) return "failing";
  if (gaps > 0) return "gap";
  const allowed = LATE_PERIODS * period + LATE_SECONDS;
  const isNew = !hasBegun && (!polls || uptime <= allowed);
  if (!isNew && polls && (lag ?? uptime) > allowed) return "late";
  if (lost > 0) return "lost";
  return isNew ? "waiting" : "healthy";
}

/** The worse of two verdicts. */
export function worse(one: Verdict, other: Verdict): Verdict {
  return VERDICTS.indexOf(one) <= VERDICTS.indexOf(other) ? one : other;
}
