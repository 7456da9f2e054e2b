import type { Instant, Window } from "../instant.ts";

/** How far one re-read has come, and how often in a row it found nothing late (`tap/late/`). */
export interface Reread {
  readonly readTo: Instant;
  readonly idle: number;
}

/** The newest record that was accepted. */
export interface Newest {
  readonly time: Instant;
  /** Ids of the records with exactly that time. */
  readonly ids: readonly string[];
}

/** A window that was interrupted after at least one of its pages. */
export interface Interruption {
  readonly window: Window;
  /** The link of the page that was to be read next; `null` where a part of the window cannot be gone on with. */
  readonly link: string | null;
}

/** One of the filters of a service. */
export interface ChosenFilter {
  /** 1 for the first of those to fall back to. */
  readonly step: number;
  /** When it was chosen, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What a job's records are read for. */
export type JobPurpose = "live" | "reread" | "gap" | "backfill";

/** A job that Graph was asked for, and whose records were not read yet. */
export interface Job {
  /** What Graph shows for it, and by which it is found again. No two jobs have the same. */
  readonly name: string;
  /** Graph's id of it; `null` while it is not known whether Graph has taken it. */
  readonly id: string | null;
  readonly window: Window;
  readonly purpose: JobPurpose;
  /** Of a re-read which it is, 0 for the shallowest; 0 for any other purpose. */
  readonly depth: number;
  /** When it was asked for; milliseconds since the epoch. */
  readonly askedMs: number;
  /** How often looking at it, or reading its records, has failed. */
  readonly failures: number;
}

/** The jobs with this one, in the place of an earlier state of it. */
export function withJob(jobs: readonly Job[], job: Job): readonly Job[] {
  const isKnown = jobs.some(({ name }) => name === job.name);
  return isKnown ? jobs.map((one) => one.name === job.name ? job : one) : [...jobs, job];
}

/** The jobs without this one. */
export function withoutJob(jobs: readonly Job[], { name }: Job): readonly Job[] {
  return jobs.filter((one) => one.name !== name);
}

/**
 * All that is durable about how far a stream is read, beside its seen set and its gaps. What it looks like on the disk
 * is known to `checkpoint.ts` alone.
 */
export interface Position {
  /**
   * The start this position grew from, as configured (RFC 3339); `null` when none was. It is compared as a text, never
   * computed with: another one resets the stream.
   */
  readonly start: string | null;
  /** Nothing before this is wanted: the configured start, or when the first poll began. */
  readonly beganAt: Instant | null;
  /**
   * When the stream began, in milliseconds since the epoch; `null` when nobody knows. What Graph had dropped by then it
   * never could lose.
   */
  readonly begunMs: number | null;
  /** Every record before this was read and accepted, but for `backfill`; `null` before the first window. */
  readonly watermark: Instant | null;
  /** Older ranges that are still to be read, oldest first. */
  readonly backfill: readonly Window[];
  /** Up to where a backfill has read, or is to read: keys of before may be dropped early; `null` when none ever did. */
  readonly backfilledTo: Instant | null;
  /** When these are likely to have been read, in milliseconds since the epoch; `null` when nobody can tell. */
  readonly backfillEndsMs: number | null;
  /** One for each depth of the schedule, the shallowest first. */
  readonly rereads: readonly Reread[];
  /** Requests that re-reads may still make, below zero when they made more. */
  readonly rereadCredit: number;
  readonly newest: Newest | null;
  readonly interruption: Interruption | null;
  /** Which of the service's filters is asked by, since Graph refused those before it; `null` for the first. */
  readonly filter: ChosenFilter | null;
  /** What Graph is collecting for the stream, in the order in which it was asked for. */
  readonly jobs: readonly Job[];
  /** Width of the last window that worked, in seconds. */
  readonly windowSeconds: number | null;
  /** How far a live window may reach back without costing a page more; `null` when nobody can tell. */
  readonly overlapSeconds: number | null;
  /** Milliseconds since the epoch. */
  readonly lastPollStartedMs: number | null;
  /** Milliseconds since the epoch. */
  readonly lastPollEndedMs: number | null;
  /** When the stream was last read up to now; milliseconds since the epoch. */
  readonly lastSuccessMs: number | null;
  /** Code of the failure that the last poll ended with. */
  readonly lastError: string | null;
  /** Records delivered since the stream began. */
  readonly records: number;
  /** Records read again and not delivered again, since the stream began. */
  readonly duplicates: number;
}

/** The position of a stream that has not read anything. */
export function emptyPosition(start: string | null = null): Position {
  return {
    start,
    beganAt: null,
    begunMs: null,
    watermark: null,
    backfill: [],
    backfilledTo: null,
    backfillEndsMs: null,
    rereads: [],
    rereadCredit: 0,
    newest: null,
    interruption: null,
    filter: null,
    jobs: [],
    windowSeconds: null,
    overlapSeconds: null,
    lastPollStartedMs: null,
    lastPollEndedMs: null,
    lastSuccessMs: null,
    lastError: null,
    records: 0,
    duplicates: 0,
  };
}
