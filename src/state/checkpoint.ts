import { parseInstant } from "../instant.ts";
import type { SeenPlace } from "./seen/place.ts";

/** The version of the format; older ones are read, newer ones refused. */
export const PERSISTENCE_VERSION = 3;

// A collection may give many records one time; more ids than this would make every save slow for little.
const MOST_LAST_IDS = 100;

/** Which stream: an input of the configuration, and one of its services. */
export interface StreamAddress {
  /** `id` of the input. */
  readonly inputId: string;
  readonly service: string;
}

/** From a time on, up to another, both RFC 3339. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** The durable position of a stream. Times are RFC 3339 as Graph writes them. */
export interface Checkpoint {
  readonly persistence_version: 3;
  readonly service: string;
  readonly input_id: string;
  /** The start this position grew from, as configured; `null` when none was. A change resets the stream. */
  readonly start_time_in_utc: string | null;
  /** Nothing before this time is wanted: the configured start, or when the first poll began. */
  readonly began_at: string | null;
  /** Every record before this time was read and accepted, but for `backfill`; `null` before the first window. */
  readonly read_to: string | null;
  /** Older ranges that are still to be read, oldest first. */
  readonly backfill: readonly TimeRange[];
  /** When these are likely to have been read, in milliseconds since the epoch; `null` when nobody can tell. */
  readonly backfill_ends_ms: number | null;
  /** For each re-read of the schedule: how far it has come, and how often in a row it found nothing late. */
  readonly sweeps: readonly { readonly read_to: string; readonly idle: number }[];
  /** Requests that sweeps may still make, below zero when they made more. */
  readonly sweep_credit: number;
  /** Newest time of an accepted record. */
  readonly last_event_time_in_utc: string | null;
  /** Ids of the records with exactly that time, the last 100 at most. */
  readonly last_ids: readonly string[];
  /** The window that was interrupted after at least one of its pages. */
  readonly window: TimeRange | null;
  /** Where that window goes on. */
  readonly next_link: string | null;
  /** Width of the last window that worked, in seconds. */
  readonly window_seconds: number | null;
  /** How far a live window may reach back without costing a page more; `null` when nobody can tell. */
  readonly overlap_seconds: number | null;
  /** Milliseconds since the epoch. */
  readonly last_poll_started_ms: number | null;
  /** Milliseconds since the epoch. */
  readonly last_poll_ended_ms: number | null;
  /** When the stream was last read up to now; milliseconds since the epoch. */
  readonly last_success_ms: number | null;
  /** Code of the failure that the last poll ended with. */
  readonly last_error: string | null;
  /** Records delivered since the stream began. */
  readonly records: number;
  /** Records read again and not delivered again, since the stream began. */
  readonly duplicates: number;
}

/** What a text turned out to be. */
export type DecodedCheckpoint =
  | {
    readonly kind: "ok";
    readonly checkpoint: Checkpoint;
    /** How far the seen set had come when it was written; left out when it does not say. */
    readonly seenTo?: SeenPlace;
  }
  /** `reason` names the member at fault, never its value. */
  | { readonly kind: "corrupt"; readonly reason: string }
  | { readonly kind: "newer"; readonly version: number };

/**
 * A checkpoint as a file that people can read. Other members than a checkpoint's own are left out.
 *
 * `seen_to` goes with it, and changes no version: to whoever does not know it, or does not find it, nothing was
 * committed after this file.
 */
export function encodeCheckpoint(checkpoint: Checkpoint, seenTo?: SeenPlace): string {
  const seen_to = seenTo && { segment: seenTo.segment, bytes: seenTo.bytes };
  return JSON.stringify({ ...membersOf(checkpoint), seen_to }, null, 2) + "\n";
}

/** A checkpoint as it lies among the keys it was committed with. {@linkcode decodeCheckpoint} reads it. */
export function encodePosition(checkpoint: Checkpoint): string {
  return JSON.stringify(membersOf(checkpoint));
}

function membersOf(checkpoint: Checkpoint): Checkpoint {
  return {
    persistence_version: checkpoint.persistence_version,
    service: checkpoint.service,
    input_id: checkpoint.input_id,
    start_time_in_utc: checkpoint.start_time_in_utc,
    began_at: checkpoint.began_at,
    read_to: checkpoint.read_to,
    backfill: checkpoint.backfill.map(({ from, to }) => ({ from, to })),
    backfill_ends_ms: checkpoint.backfill_ends_ms ?? null,
    sweeps: checkpoint.sweeps.map(({ read_to, idle }) => ({ read_to, idle })),
    sweep_credit: checkpoint.sweep_credit,
    last_event_time_in_utc: checkpoint.last_event_time_in_utc,
    last_ids: checkpoint.last_ids.slice(-MOST_LAST_IDS),
    window: checkpoint.window && { from: checkpoint.window.from, to: checkpoint.window.to },
    next_link: checkpoint.next_link,
    window_seconds: checkpoint.window_seconds,
    overlap_seconds: checkpoint.overlap_seconds ?? null,
    last_poll_started_ms: checkpoint.last_poll_started_ms,
    last_poll_ended_ms: checkpoint.last_poll_ended_ms,
    last_success_ms: checkpoint.last_success_ms,
    last_error: checkpoint.last_error,
    records: checkpoint.records,
    duplicates: checkpoint.duplicates,
  };
}

/**
 * Reads a checkpoint. Checked by hand, for a schema library takes longer to load than all checkpoints.
 *
 * Versions before 3 need not have all members: `address` stands in for who they belong to, and
 * `last_polled_timestamp` is what `last_event_time_in_utc` was called. Their times may lack the `Z`.
 */
export function decodeCheckpoint(text: string, address: StreamAddress): DecodedCheckpoint {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "corrupt", reason: text.trim() === "" ? "it is empty" : "it is not JSON, or not whole" };
  }
  if (!isObject(json)) return { kind: "corrupt", reason: "it is not a JSON object" };
  const version = json["persistence_version"] ?? ("last_polled_timestamp" in json ? 1 : undefined);
  if (typeof version !== "number" || !Number.isInteger(version) || version < 0) {
    return { kind: "corrupt", reason: `"persistence_version" is not a whole number` };
  }
  if (version > PERSISTENCE_VERSION) return { kind: "newer", version };
  const members = version < PERSISTENCE_VERSION ? modernized(json, address) : json;
  const wrong = Object.entries(CHECKS).find(([name, isRight]) => !isRight(members[name]));
  if (wrong !== undefined) return { kind: "corrupt", reason: `"${wrong[0]}" is missing or not of its kind` };
  const checkpoint = membersOf(members as unknown as Checkpoint);
  const seenTo = json["seen_to"];
  return isPlace(seenTo) ? { kind: "ok", checkpoint, seenTo } : { kind: "ok", checkpoint };
}

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTime = (value: unknown) => typeof value === "string" && parseInstant(value) !== null;
const isCount = (value: unknown) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isPlace = (value: unknown): value is SeenPlace & Members =>
  isObject(value) && isCount(value["segment"]) && isCount(value["bytes"]);
const isRange = (value: unknown) => isObject(value) && isTime(value["from"]) && isTime(value["to"]);
const orNull = (isRight: (value: unknown) => boolean) => (value: unknown) => value === null || isRight(value);

const CHECKS: Readonly<Record<keyof Checkpoint, (value: unknown) => boolean>> = {
  persistence_version: (value) => value === PERSISTENCE_VERSION,
  service: isText,
  input_id: isText,
  start_time_in_utc: orNull(isText),
  began_at: orNull(isTime),
  read_to: orNull(isTime),
  backfill: (value) => Array.isArray(value) && value.every(isRange),
  // The first of version 3 did not have it.
  backfill_ends_ms: (value) => value === undefined || value === null || isCount(value),
  sweeps: (value) =>
    Array.isArray(value) &&
    value.every((one) => isObject(one) && isTime(one["read_to"]) && isCount(one["idle"])),
  sweep_credit: (value) => typeof value === "number" && Number.isFinite(value),
  last_event_time_in_utc: orNull(isTime),
  last_ids: (value) => Array.isArray(value) && value.every((id) => typeof id === "string"),
  window: orNull(isRange),
  next_link: orNull(isText),
  // The first of version 3 did not have it.
  overlap_seconds: (value) => value === undefined || value === null || isCount(value),
  window_seconds: orNull((value) => typeof value === "number" && Number.isFinite(value) && value > 0),
  last_poll_started_ms: orNull(isCount),
  last_poll_ended_ms: orNull(isCount),
  last_success_ms: orNull(isCount),
  last_error: orNull(isText),
  records: isCount,
  duplicates: isCount,
};

function modernized(old: Members, address: StreamAddress): Members {
  const time = old["last_event_time_in_utc"] ?? old["last_polled_timestamp"] ?? null;
  const empty: Checkpoint = emptyCheckpoint(address, null);
  return {
    ...empty,
    ...Object.fromEntries(Object.entries(old).filter(([name, value]) => name in empty && value != null)),
    persistence_version: PERSISTENCE_VERSION,
    last_event_time_in_utc: typeof time === "string" && !isTime(time) ? `${time.replace(" ", "T")}Z` : time,
  };
}

/** The position of a stream that has not read anything. */
export function emptyCheckpoint({ inputId, service }: StreamAddress, start: string | null): Checkpoint {
  return {
    persistence_version: PERSISTENCE_VERSION,
    service,
    input_id: inputId,
    start_time_in_utc: start,
    began_at: null,
    read_to: null,
    backfill: [],
    backfill_ends_ms: null,
    sweeps: [],
    sweep_credit: 0,
    last_event_time_in_utc: null,
    last_ids: [],
    window: null,
    next_link: null,
    window_seconds: null,
    overlap_seconds: null,
    last_poll_started_ms: null,
    last_poll_ended_ms: null,
    last_success_ms: null,
    last_error: null,
    records: 0,
    duplicates: 0,
  };
}
