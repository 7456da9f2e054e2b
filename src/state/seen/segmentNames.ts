/** Which segments a seen set has: their names, their order, and which of them count. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../files/failure.ts";
import { listFolder } from "../../files/durable.ts";

/** A segment by its name: `00000007-20261122T000000Z.seen`, or `…-all.seen`. */
export interface SegmentName {
  readonly path: string;
  /** Counts up from 1 over the life of the set. */
  readonly number: number;
  /** The period whose keys it takes: its start in milliseconds since the epoch, a second later for backdated keys. */
  readonly periodMs: number;
  /** Whether it replaced all segments with smaller numbers, which do not count any more. */
  readonly replacesAll: boolean;
}

/**
 * How time is cut into periods. Keys of one period share a segment, and so expire together: a day for keys by when they
 * were added, six hours for backdated ones (`forget.ts`).
 */
const DAY_MS = 86_400_000;
const BACKDATED_MS = 21_600_000;
/** Tells a name of backdated keys from others, also in version 0.1, which never appends to such a segment. */
const BACKDATED_MARK_MS = 1000;

/** The period of keys that are added now. @param nowMs milliseconds since the epoch, as is what it returns */
export function periodOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}

/** The period of keys that are backdated to `untilMs`, which may be its end; milliseconds since the epoch. */
export function backdatedPeriodOf(untilMs: number): number {
  return Math.floor((untilMs - 1) / BACKDATED_MS) * BACKDATED_MS + BACKDATED_MARK_MS;
}

/** Whether a period is of backdated keys. */
export function isBackdated(periodMs: number): boolean {
  return periodMs % BACKDATED_MS === BACKDATED_MARK_MS;
}

/** No key of a period counts from a later moment; milliseconds since the epoch. */
export function periodEnd(periodMs: number): number {
  return isBackdated(periodMs) ? periodMs - BACKDATED_MARK_MS + BACKDATED_MS : periodMs + DAY_MS;
}

const PATTERN = /^(\d{8,15})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(-all)?\.seen$/;

/** The name of a segment. */
export function segmentName(
  dir: string,
  number: number,
  periodMs: number,
  replacesAll: boolean,
): SegmentName {
  const time = new Date(periodMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const name = `${String(number).padStart(8, "0")}-${time}${replacesAll ? "-all" : ""}.seen`;
  return { path: join(dir, name), number, periodMs, replacesAll };
}

/** The segments in a folder, in the order they were begun: those that count, and those that were replaced. */
export function listSegments(dir: string): { current: SegmentName[]; replaced: SegmentName[] } {
  const all: SegmentName[] = [];
  for (const { name, isFolder } of listFolder(dir)) {
    const match = isFolder ? null : PATTERN.exec(name);
    if (match === null) continue;
    const [, number, year, month, day, hour, minute, second, replacesAll] = match;
    const periodMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (Number.isNaN(periodMs)) continue;
    all.push({
      path: join(dir, name),
      number: Number(number),
      periodMs,
      replacesAll: replacesAll !== undefined,
    });
  }
  all.sort((a, b) => a.number - b.number);
  const first = Math.max(0, all.findLastIndex((segment) => segment.replacesAll));
  return { current: all.slice(first), replaced: all.slice(0, first) };
}

/** Bytes of a segment's file, damaged or not; 0 when it is gone. @throws `state-unusable` */
export function segmentSize(path: string): number {
  return attempt("read", path, () => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}
