/**
 * A position on the disk: in `checkpoint.json`, and among the keys of a seen set. Names of members, texts for moments and
 * versions are known here and to `checkpointForm.ts`, and nowhere else.
 */
import { formatInstant, type Instant, parseInstant, type Window } from "../instant.ts";
import { CHECKSUM, isIntact, withChecksum } from "./checksum.ts";
import {
  type Checkpoint,
  isObject,
  isPlace,
  isTime,
  type JobEntry,
  type Members,
  PERSISTENCE_VERSION,
  type WindowTexts,
  wrongMember,
} from "./checkpointForm.ts";
import { type ChosenFilter, emptyPosition, type Job, type Position } from "./position.ts";
import type { SeenPlace } from "./seen/place.ts";
import type { StreamAddress } from "./streamFolders.ts";

// A collection may give many records one time, and an id may be of any length: more would make every save slow for little.
const MOST_LAST_IDS = 100;
const MOST_LAST_ID_LETTERS = 16_384;

/** What a text turned out to be. */
export type DecodedCheckpoint =
  | {
    readonly kind: "ok";
    readonly position: Position;
    /** Whose it says it is. */
    readonly address: StreamAddress;
    /** How far the seen set had come when it was written; left out when it does not say. */
    readonly seenTo?: SeenPlace;
  }
  | Unreadable;

type Unreadable =
  /** `reason` names the member at fault, never its value. */
  | { readonly kind: "corrupt"; readonly reason: string }
  | { readonly kind: "newer"; readonly version: number };

/**
 * A position as a file that people can read.
 *
 * Two members go with it, and change no version. `seen_to`: to whoever does not know it, or does not find it, nothing
 * was committed after this file. `checksum`, the last one: a time in which one bit is wrong is still a time. Whoever
 * does not know it reads the file as before; who does reads one without it, as of an older program or changed by hand.
 */
export function encodeCheckpoint(position: Position, address: StreamAddress, seenTo?: SeenPlace): string {
  const seen_to = seenTo && { segment: seenTo.segment, bytes: seenTo.bytes };
  const members = { ...checkpointOf(position, address), seen_to };
  return JSON.stringify(withChecksum(members), null, 2) + "\n";
}

/** A position as it lies among the keys it was committed with. {@linkcode decodeCheckpoint} reads it. */
export function encodePosition(position: Position, address: StreamAddress): string {
  return JSON.stringify(checkpointOf(position, address));
}

/** The members of a position on the disk. */
export function checkpointOf(position: Position, { inputId, service }: StreamAddress): Checkpoint {
  const { newest, interruption } = position;
  return {
    persistence_version: PERSISTENCE_VERSION,
    service,
    input_id: inputId,
    start_time_in_utc: position.start,
    began_at: textOf(position.beganAt),
    ...(position.begunMs === null ? {} : { begun_ms: position.begunMs }),
    read_to: textOf(position.watermark),
    backfill: position.backfill.map(windowTexts),
    backfill_ends_ms: position.backfillEndsMs,
    sweeps: position.rereads.map(({ readTo, idle }) => ({ read_to: formatInstant(readTo), idle })),
    sweep_credit: position.rereadCredit,
    last_event_time_in_utc: textOf(newest?.time ?? null),
    last_ids: lastIds(newest?.ids ?? []),
    window: interruption === null ? null : windowTexts(interruption.window),
    next_link: interruption?.link ?? null,
    ...(position.backfilledTo === null ? {} : { backfilled_to: formatInstant(position.backfilledTo) }),
    ...(position.filter === null ? {} : { filter: filterEntry(position.filter) }),
    ...(position.jobs.length === 0 ? {} : { jobs: position.jobs.map(jobEntry) }),
    window_seconds: position.windowSeconds,
    overlap_seconds: position.overlapSeconds,
    last_poll_started_ms: position.lastPollStartedMs,
    last_poll_ended_ms: position.lastPollEndedMs,
    last_success_ms: position.lastSuccessMs,
    last_error: position.lastError,
    records: position.records,
    duplicates: position.duplicates,
  };
}

/** The ends of a window as they are written. */
export function windowTexts({ from, to }: Window): WindowTexts {
  return { from: formatInstant(from), to: formatInstant(to) };
}

/**
 * Reads a checkpoint. Checked by hand, for a schema library takes longer to load than all checkpoints.
 *
 * Versions before 3 need not have all members: `address` stands in for who they belong to, and
 * `last_polled_timestamp` is what `last_event_time_in_utc` was called. Their times may lack the `Z`.
 */
export function decodeCheckpoint(text: string, address: StreamAddress): DecodedCheckpoint {
  const checked = checkedMembers(text, address);
  if (checked.kind !== "ok") return checked;
  const { checkpoint, seenTo } = checked;
  const found = {
    kind: "ok" as const,
    position: positionIn(checkpoint),
    address: { inputId: checkpoint.input_id, service: checkpoint.service },
  };
  return seenTo === undefined ? found : { ...found, seenTo };
}

/** Why a text could not be read back as this stream's position; `null` when it could. Cheaper than reading it. */
export function faultOf(text: string, { inputId, service }: StreamAddress): string | null {
  const checked = checkedMembers(text, { inputId, service });
  if (checked.kind === "newer") return "it is of a newer version";
  if (checked.kind === "corrupt") return checked.reason;
  const { checkpoint } = checked;
  return checkpoint.service === service && checkpoint.input_id === inputId ? null : "it is another stream's";
}

function positionIn(checkpoint: Checkpoint): Position {
  const { last_event_time_in_utc: newestTime, window, next_link: link } = checkpoint;
  return {
    start: checkpoint.start_time_in_utc,
    beganAt: instantOf(checkpoint.began_at),
    begunMs: checkpoint.begun_ms ?? null,
    watermark: instantOf(checkpoint.read_to),
    backfill: checkpoint.backfill.map(windowIn),
    backfilledTo: instantOf(checkpoint.backfilled_to ?? null),
    backfillEndsMs: checkpoint.backfill_ends_ms ?? null,
    rereads: checkpoint.sweeps.map(({ read_to, idle }) => ({ readTo: checkedInstant(read_to), idle })),
    rereadCredit: checkpoint.sweep_credit,
    newest: newestTime === null
      ? null
      : { time: checkedInstant(newestTime), ids: lastIds(checkpoint.last_ids) },
    // One without the other says nothing.
    interruption: window === null ? null : { window: windowIn(window), link },
    filter: checkpoint.filter === undefined
      ? null
      : { step: checkpoint.filter.step, sinceMs: checkpoint.filter.since_ms },
    jobs: (checkpoint.jobs ?? []).map(jobIn),
    windowSeconds: checkpoint.window_seconds,
    overlapSeconds: checkpoint.overlap_seconds ?? null,
    lastPollStartedMs: checkpoint.last_poll_started_ms,
    lastPollEndedMs: checkpoint.last_poll_ended_ms,
    lastSuccessMs: checkpoint.last_success_ms,
    lastError: checkpoint.last_error,
    records: checkpoint.records,
    duplicates: checkpoint.duplicates,
  };
}

/** The last ids, as many as may be kept. */
function lastIds(ids: readonly string[]): readonly string[] {
  let letters = 0;
  const last = ids.slice(-MOST_LAST_IDS);
  const tooLong = last.findLastIndex(({ length }) => (letters += length) > MOST_LAST_ID_LETTERS);
  return last.slice(tooLong + 1);
}

function filterEntry({ step, sinceMs }: ChosenFilter) {
  return { step, since_ms: sinceMs };
}

function jobEntry({ name, id, purpose, depth, window, askedMs, failures }: Job): JobEntry {
  return { name, id, purpose, depth, ...windowTexts(window), asked_ms: askedMs, failures };
}

function jobIn({ from, to, asked_ms: askedMs, ...rest }: JobEntry): Job {
  const { name, id, purpose, depth, failures } = rest;
  return { name, id, purpose, depth, window: windowIn({ from, to }), askedMs, failures };
}

function textOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

function instantOf(text: string | null): Instant | null {
  return text === null ? null : checkedInstant(text);
}

function windowIn({ from, to }: WindowTexts): Window {
  return { from: checkedInstant(from), to: checkedInstant(to) };
}

/** The instant of a text that was checked before. */
function checkedInstant(text: string): Instant {
  return parseInstant(text)!;
}

function checkedMembers(
  text: string,
  address: StreamAddress,
): { readonly kind: "ok"; readonly checkpoint: Checkpoint; readonly seenTo?: SeenPlace } | Unreadable {
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
  const wrong = wrongMember(members);
  if (wrong !== undefined) return { kind: "corrupt", reason: `"${wrong}" is missing or not of its kind` };
  if (!isIntact(json)) {
    const reason = `its "${CHECKSUM}" is another; delete that member after a change by hand`;
    return { kind: "corrupt", reason };
  }
  const checkpoint = members as unknown as Checkpoint;
  const seenTo = json["seen_to"];
  return isPlace(seenTo) ? { kind: "ok", checkpoint, seenTo } : { kind: "ok", checkpoint };
}

function modernized(old: Members, address: StreamAddress): Members {
  const time = old["last_event_time_in_utc"] ?? old["last_polled_timestamp"] ?? null;
  const empty = checkpointOf(emptyPosition(), address);
  return {
    ...empty,
    ...Object.fromEntries(Object.entries(old).filter(([name, value]) => name in empty && value != null)),
    persistence_version: PERSISTENCE_VERSION,
    last_event_time_in_utc: typeof time === "string" && !isTime(time) ? `${time.replace(" ", "T")}Z` : time,
  };
}
