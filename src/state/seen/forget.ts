/**
 * How a seen set forgets keys: whole segments that are not needed any more, or all keys but the ones that are given.
 *
 * A key is needed as long as a request can bring its record again. A month of a busy tenant is thirty million records,
 * so that it matters to say exactly how long that is. T is the time of a record, which no change moves: where a record
 * has another time after each change, each state has a key of its own.
 *
 * **Who asks again.** Every request is for a window of time, and gets records with a T in it. All windows that can still
 * be asked for begin at one of these:
 *
 * - the watermark, less the overlap: live windows, also after a stop, and one that goes on where it was interrupted;
 * - how far a re-read has come: re-reads only move on. One that is added begins where keys are known from
 *   (`knownSince`);
 * - the older end of what is left of the backfill: its windows, whatever they are divided into, and one that goes on;
 * - the beginning of an open gap: its retry;
 * - a job that Graph was asked for: its window was cut off one of these, which moves on only when the job is settled.
 *
 * The earliest of the first three is the *reach* of a position. So a key is needed when T is not before the reach, less
 * a margin for bounds that windows share, or when T is in an open gap. A reach is never undercut later: it belongs to a
 * position in `checkpoint.json`, which is durable before anything is dropped. So whoever begins after a kill, at
 * whatever instant, begins at that position or at a later one. A pull whose client has not confirmed holds back the
 * position and the dropping together, in this order. An export begins anew when segments went while it was read.
 *
 * Graph has been seen to ignore a filter and to answer with everything. A record that lies outside of the window, and
 * before both the reach and the end of the backfill, is passed over: it left before, or comes with the retry of its gap.
 *
 * **Which T a key has** is not kept, but bounded:
 *
 * - Keys of live windows, re-reads, retries and replays count from when they were added, which is T or later. They are
 *   kept until that is three days before the reach (`addedSinceMs`). The three days are for what the reach does not
 *   tell: a position that was lost, re-reads that go deeper, a replay that is asked for twice.
 * - Keys of a backfill were added long after T. Those of a window up to W have a T of W or earlier, provided that Graph
 *   applied the filter; they are *backdated* to W, and dropped when W is before the reach (`readBackSinceMs`). As the
 *   backfill moves on, so does the reach, so that it has the keys of some hours of its range at a time. In its last day
 *   it is the re-reads that hold the reach. Behind a backfill, re-reads that are added begin no earlier than its end or
 *   the reach (`Position.backfilledTo`).
 * - Not backdated is what W does not bound: a window in which a record lay outside, where a record may change its time
 *   under the same key (`track_updates: false`), and a window of more than half a day, which has too few records to
 *   matter. It counts from when it was added, and is kept while anything of the backfill is left.
 *
 * **What is not promised.** `graphtap replay`, and a stream that lost its position and begins at its configured start,
 * ask for a T of before the reach: of a time whose keys were dropped, all records leave again.
 *
 * Version 0.1 reads backdated keys as keys that were added at W, and keeps them three days longer.
 */
import { Buffer } from "node:buffer";
import { makeFolder, removeFile, syncFolder } from "../../files/durable.ts";
import type { Fence } from "../../files/hold.ts";
import type { LoadedSegment, SeenContents } from "./files.ts";
import { encodeCommit, wholeSeconds } from "./frames.ts";
import { createKeyList, type KeyList } from "./keys.ts";
import { type KeySet, keySet } from "./memory.ts";
import { SEGMENT_VERSION, segmentHeader } from "./segment.ts";
import {
  isBackdated,
  listSegments,
  periodEnd,
  periodOf,
  type SegmentName,
  segmentName,
} from "./segmentNames.ts";

/** Which keys are still needed. All times are milliseconds since the epoch. */
export interface KeysNeeded {
  /** Those that count from this or later. */
  readonly addedSinceMs: number;
  /** Those that are backdated to this or later. */
  readonly readBackSinceMs: number;
  /** Those that count from within one of these. */
  readonly ranges: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Whether there can be anything to expire: names usually tell, before anything is read. @throws `state-unusable` */
export function mayExpireByNames(dir: string, needed: KeysNeeded): boolean {
  return listSegments(dir).current.slice(0, -1).some((segment) => mayBeOld(segment, needed));
}

/** The segments of which no key is needed; never the last one. */
export function expiredSegments(
  segments: readonly LoadedSegment[],
  needed: KeysNeeded,
): readonly LoadedSegment[] {
  return segments.slice(0, -1).filter((segment) =>
    mayBeOld(segment, needed) && (isBackdated(segment.periodMs) || segment.newestMs < needed.addedSinceMs)
  );
}

/** Whether no key of a segment is needed, as far as its name tells: of backdated ones it tells all. */
function mayBeOld({ periodMs }: SegmentName, { addedSinceMs, readBackSinceMs, ranges }: KeysNeeded): boolean {
  const endMs = periodEnd(periodMs);
  const isOld = isBackdated(periodMs) ? endMs < readBackSinceMs : periodMs < addedSinceMs;
  return isOld && !ranges.some(({ fromMs, toMs }) => fromMs <= endMs && periodMs <= toMs);
}

/** Deletes segments, durably. @throws `state-unusable`; some of them may be gone then */
export function removeSegments(dir: string, segments: readonly { readonly path: string }[]): void {
  for (const { path } of segments) removeFile(path);
  syncFolder(dir);
}

/** Keys, each once: to look them up, and in their order. */
export interface KeySelection {
  readonly set: KeySet;
  readonly list: KeyList;
}

/** Collects `keys`; `null` when they are just those of `held`. */
export function selectKeys(keys: Iterable<Uint8Array>, held: KeySet): KeySelection | null {
  const set = keySet();
  const list = createKeyList();
  let allHeld = true;
  for (const key of keys) {
    if (!set.add(key)) continue;
    list.append(set.held);
    allHeld &&= held.has(set.held);
  }
  return allHeld && set.size === held.size ? null : { set, list };
}

/**
 * Puts one segment of exactly these keys in the place of all others: after a crash there are the old ones or the new.
 *
 * @returns what the set then is
 * @throws `state-unusable`; what the disk says is then what counts
 */
export function replaceSegments(
  dir: string,
  nextNumber: number,
  { set, list }: KeySelection,
  now: () => number,
  fence: Fence,
): SeenContents {
  makeFolder(dir);
  const addedMs = now();
  const content = Buffer.concat([segmentHeader(), encodeCommit(list.bytes(), addedMs)]);
  const name = segmentName(dir, nextNumber, periodOf(addedMs), true);
  fence.replaceFile(name.path, content);
  removeSegments(dir, listSegments(dir).replaced);
  const segment = {
    ...name,
    newestMs: wholeSeconds(addedMs) * 1000,
    soundBytes: content.length,
    version: SEGMENT_VERSION,
  };
  return { keys: set, segments: [segment], nextNumber: nextNumber + 1, position: null };
}
