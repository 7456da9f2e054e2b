/** How a seen set forgets keys: whole segments by their age, or all keys but the ones that are given. */
import { Buffer } from "node:buffer";
import { makeFolder, removeFile, syncFolder } from "../../files/durable.ts";
import type { Fence } from "../../files/hold.ts";
import type { LoadedSegment, SeenContents } from "./files.ts";
import { encodeCommit, wholeSeconds } from "./frames.ts";
import { createKeyList, type KeyList } from "./keys.ts";
import { type KeySet, keySet } from "./memory.ts";
import { SEGMENT_VERSION, segmentHeader } from "./segment.ts";
import { listSegments, type Periods, segmentName } from "./segmentNames.ts";

/** Whether there can be anything to expire: names alone usually tell, before anything is read. @throws `state-unusable` */
export function mayExpire(dir: string, beforeMs: number): boolean {
  return listSegments(dir).current.slice(0, -1).some((segment) => segment.periodMs < beforeMs);
}

/** The segments whose newest key was added before `beforeMs`; never the last one. */
export function expiredSegments(
  segments: readonly LoadedSegment[],
  beforeMs: number,
): readonly LoadedSegment[] {
  return segments.slice(0, -1).filter((segment) => segment.newestMs < beforeMs);
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
  periods: Periods,
  fence: Fence,
): SeenContents {
  makeFolder(dir);
  const addedMs = periods.now();
  const content = Buffer.concat([segmentHeader(), encodeCommit(list.bytes(), addedMs)]);
  const name = segmentName(dir, nextNumber, periods.current(), true);
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
