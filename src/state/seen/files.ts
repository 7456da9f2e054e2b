/** The segments of a seen set, read into a table and repaired on the way. */
import { closeSync, fsyncSync, ftruncateSync } from "node:fs";
import { GraphtapError } from "../../errors.ts";
import { attempt, failureCode } from "../../files/failure.ts";
import type { Fence } from "../../files/hold.ts";
import { openFile, removeFile, removeUnfinished, setAside, syncFolder } from "../../files/durable.ts";
import { KEY_BYTES } from "./keys.ts";
import { type KeySet, keySet } from "./memory.ts";
import { readSegment, segmentBuffer, type SegmentContent } from "./segment.ts";
import type { PlacedPosition } from "./place.ts";
import { listSegments, type SegmentName, segmentSize } from "./segmentNames.ts";
import type { KeyTables } from "./table.ts";

/** A segment whose keys are in memory; {@linkcode Appender} keeps it up to date. */
export interface LoadedSegment extends SegmentName {
  /** From when the life of its newest key counts, in milliseconds since the epoch, to the second above. */
  newestMs: number;
  /** Bytes of the file that are in order. */
  soundBytes: number;
  /** Of the format. */
  readonly version: number;
}

/** A seen set in memory; {@linkcode Appender} keeps it up to date. */
export interface SeenContents {
  /** Those of the files, and those added since. */
  readonly keys: KeySet;
  /** In the order they were begun. */
  readonly segments: LoadedSegment[];
  /** Number for the next segment. */
  nextNumber: number;
  /** The last one; `null` when there is none. */
  position: PlacedPosition | null;
}

export interface SeenFilesOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was repaired. */
  readonly onRepair: (note: string) => void;
  /** Change nothing: another process may be writing. */
  readonly readOnly: boolean;
  readonly fence: Fence;
  readonly tables: KeyTables;
}

/** Reads all keys; cuts damaged ends off, sets foreign files aside, deletes what was replaced. @throws `state-unusable` */
export function loadSeen(dir: string, options: SeenFilesOptions): SeenContents {
  const { current, replaced } = listSegments(dir);
  if (!options.readOnly) {
    options.fence.check();
    removeUnfinished(dir);
    for (const segment of replaced) removeFile(segment.path);
    if (replaced.length > 0) syncFolder(dir);
  }
  const segments: LoadedSegment[] = [];
  let position: PlacedPosition | null = null;
  const expected = current.reduce((sum, { path }) => sum + Math.floor(segmentSize(path) / KEY_BYTES), 0);
  const table = options.tables.build(expected, (append) => {
    readAll(current, append, (segment, content) => {
      const { soundBytes, fileBytes, newestMs, ours, version } = content;
      if (!options.readOnly && soundBytes < fileBytes) repair(segment.path, content, options);
      if (ours) segments.push({ ...segment, newestMs, soundBytes, version });
      position = placed(segment, content) ?? position;
    });
  });
  const last = current.at(-1)?.number ?? 0;
  return { keys: keySet(table), segments, nextNumber: last + 1, position };
}

/** The last position, found without keeping keys or changing anything. @throws `state-unusable` */
export function readPosition(dir: string): PlacedPosition | null {
  let position: PlacedPosition | null = null;
  readAll(
    listSegments(dir).current,
    () => {},
    (segment, content) => position = placed(segment, content) ?? position,
  );
  return position;
}

function placed({ number }: SegmentName, { position }: SegmentContent): PlacedPosition | null {
  return position && { segment: number, ...position };
}

/** Counts keys without keeping them. @throws `state-unusable` */
export function countSeen(dir: string): number {
  let count = 0;
  readAll(listSegments(dir).current, () => {}, (_, content) => count += content.keys);
  return count;
}

function readAll(
  segments: readonly SegmentName[],
  onKeys: (words: Int32Array, from: number, to: number) => void,
  onContent: (segment: SegmentName, content: SegmentContent) => void,
): void {
  if (segments.length === 0) return;
  const memory = segmentBuffer(segments);
  for (const segment of segments) {
    // Where it was expired by its owner while we, reading only, looked, there is nothing to tell.
    const content = readSegmentIfAny(segment.path, memory, onKeys);
    if (content !== null) onContent(segment, content);
  }
}

/** The same as {@linkcode readSegment}; `null` when the segment is gone. @throws `state-unusable` */
export function readSegmentIfAny(...asked: Parameters<typeof readSegment>): SegmentContent | null {
  try {
    return readSegment(...asked);
  } catch (error) {
    if (error instanceof GraphtapError && failureCode(error.cause) === "ENOENT") return null;
    throw error;
  }
}

function repair(
  path: string,
  { soundBytes, fileBytes, ours }: SegmentContent,
  options: SeenFilesOptions,
): void {
  if (!ours) {
    options.fence.check();
    const aside = setAside(path, "foreign", options.now());
    options.onRepair(`"${path}" is not a file of delivered record keys: kept as "${aside}" and not used`);
    return;
  }
  attempt("repair", path, () => {
    const fd = openFile(path, "write");
    try {
      // What seems damaged may be what another process, which has the set now, is writing.
      options.fence.during(() => {
        ftruncateSync(fd, soundBytes);
        fsyncSync(fd);
      });
    } finally {
      closeSync(fd);
    }
  });
  options.onRepair(
    `"${path}" was damaged from byte ${soundBytes} on: the last ${
      fileBytes - soundBytes
    } of its ${fileBytes} bytes were cut off; records whose keys were there may be delivered again`,
  );
}
