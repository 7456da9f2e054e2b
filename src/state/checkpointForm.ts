/** The members of a position on the disk, and whether a text has them: each by hand, for a schema library takes longer to load. */
import { parseInstant } from "../instant.ts";
import type { JobPurpose } from "./position.ts";
import type { SeenPlace } from "./seen/place.ts";

/** The version of the form; older ones are read, newer ones refused. */
export const PERSISTENCE_VERSION = 3;

/** A window, its ends in RFC 3339. */
export interface WindowTexts {
  readonly from: string;
  readonly to: string;
}

/** A job as it is written. */
export interface JobEntry extends WindowTexts {
  readonly name: string;
  readonly id: string | null;
  readonly purpose: JobPurpose;
  readonly depth: number;
  readonly asked_ms: number;
  readonly failures: number;
}

const PURPOSES: readonly unknown[] = ["live", "reread", "gap", "backfill"] satisfies JobPurpose[];

/** A {@linkcode Position} as it is written. Times are RFC 3339 as Graph writes them. */
export interface Checkpoint {
  readonly persistence_version: 3;
  readonly service: string;
  readonly input_id: string;
  readonly start_time_in_utc: string | null;
  readonly began_at: string | null;
  /** When the stream began; left out where nobody knows. */
  readonly begun_ms?: number;
  /** The watermark. */
  readonly read_to: string | null;
  readonly backfill: readonly WindowTexts[];
  readonly backfill_ends_ms: number | null;
  /** The re-reads, under the name they had first. */
  readonly sweeps: readonly { readonly read_to: string; readonly idle: number }[];
  /** The credit of the re-reads. */
  readonly sweep_credit: number;
  /** Time of the newest record. */
  readonly last_event_time_in_utc: string | null;
  /** Its ids, the last 100 at most, and no more of them than have 16,384 letters together. */
  readonly last_ids: readonly string[];
  /** The window that was interrupted, and where it goes on. */
  readonly window: WindowTexts | null;
  readonly next_link: string | null;
  /** Up to where a backfill read, left out where none ever did. */
  readonly backfilled_to?: string;
  /** The filter that is asked by, left out where it is the service's first. */
  readonly filter?: { readonly step: number; readonly since_ms: number };
  /** What Graph is collecting, left out where it is nothing. */
  readonly jobs?: readonly JobEntry[];
  readonly window_seconds: number | null;
  readonly overlap_seconds: number | null;
  readonly last_poll_started_ms: number | null;
  readonly last_poll_ended_ms: number | null;
  readonly last_success_ms: number | null;
  readonly last_error: string | null;
  readonly records: number;
  readonly duplicates: number;
}

/** Members that nobody has looked at. */
export type Members = Record<string, unknown>;

export const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
export const isTime = (value: unknown) => typeof value === "string" && parseInstant(value) !== null;
const isCount = (value: unknown) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
// Beyond it there is no date.
const isMoment = (value: unknown) => isCount(value) && !Number.isNaN(new Date(value as number).getTime());
export const isPlace = (value: unknown): value is SeenPlace & Members =>
  isObject(value) && isCount(value["segment"]) && isCount(value["bytes"]);
const isRange = (value: unknown) => isObject(value) && isTime(value["from"]) && isTime(value["to"]);
const isJob = (value: unknown) =>
  isObject(value) && isText(value["name"]) && (value["id"] === null || isText(value["id"])) &&
  PURPOSES.includes(value["purpose"]) && isRange(value) && isMoment(value["asked_ms"]) &&
  isCount(value["depth"]) && isCount(value["failures"]);
const orNull = (isRight: (value: unknown) => boolean) => (value: unknown) => value === null || isRight(value);

const CHECKS: Readonly<Record<keyof Checkpoint, (value: unknown) => boolean>> = {
  persistence_version: (value) => value === PERSISTENCE_VERSION,
  service: isText,
  input_id: isText,
  start_time_in_utc: orNull(isText),
  began_at: orNull(isTime),
  // The first of version 3 did not have it.
  begun_ms: (value) => value === undefined || isMoment(value),
  read_to: orNull(isTime),
  backfill: (value) => Array.isArray(value) && value.every(isRange),
  // The first of version 3 did not have it.
  backfill_ends_ms: (value) => value === undefined || value === null || isMoment(value),
  sweeps: (value) =>
    Array.isArray(value) &&
    value.every((one) => isObject(one) && isTime(one["read_to"]) && isCount(one["idle"])),
  sweep_credit: (value) => typeof value === "number" && Number.isFinite(value),
  last_event_time_in_utc: orNull(isTime),
  last_ids: (value) => Array.isArray(value) && value.every((id) => typeof id === "string"),
  window: orNull(isRange),
  next_link: orNull(isText),
  // The first of version 3 did not have it.
  backfilled_to: (value) => value === undefined || isTime(value),
  // The first of version 3 did not have it.
  filter: (value) =>
    value === undefined || (isObject(value) && isCount(value["step"]) && isCount(value["since_ms"])),
  // The first of version 3 did not have it.
  jobs: (value) => value === undefined || (Array.isArray(value) && value.every(isJob)),
  // The first of version 3 did not have it.
  overlap_seconds: (value) => value === undefined || value === null || isCount(value),
  window_seconds: orNull((value) => typeof value === "number" && Number.isFinite(value) && value > 0),
  last_poll_started_ms: orNull(isMoment),
  last_poll_ended_ms: orNull(isMoment),
  last_success_ms: orNull(isMoment),
  last_error: orNull(isText),
  records: isCount,
  duplicates: isCount,
};

const MEMBERS = Object.keys(CHECKS) as (keyof Checkpoint)[];

/** The name of a member that is missing or not of its kind. */
export function wrongMember(members: Members): string | undefined {
  return MEMBERS.find((name) => !CHECKS[name](members[name]));
}
