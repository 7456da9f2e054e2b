/** What a commit writes: its frames, at the end of the segment of their period. */
import { closeSync, fdatasyncSync, ftruncateSync } from "node:fs";
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { makeFolder, openFile, syncFolder, writeFully } from "../../files/durable.ts";
import { attempt } from "../../files/failure.ts";
import type { Fence } from "../../files/hold.ts";
import type { KeyRun } from "./dates.ts";
import type { LoadedSegment, SeenContents } from "./files.ts";
import { encodeCommit, wholeSeconds } from "./frames.ts";
import { SEGMENT_VERSION, segmentHeader } from "./segment.ts";
import { backdatedPeriodOf, isBackdated, periodOf, type SegmentName, segmentName } from "./segmentNames.ts";

/** Appends commits, and keeps their segments open in between: one of each kind, for a poll reads live and then back. */
export interface Appender {
  /**
   * Makes `runs` of keys, and behind them the position, durable; `contents` then says so. One run and the position are
   * one write and one sync, but where the segment is not the last one: the position is always in that.
   *
   * @throws `state-unusable`; of what is durable by then the keys are, which may be appended again, and no position;
   * `state-in-use` when another process took the set, which does not know of them
   */
  append(contents: SeenContents, runs: readonly KeyRun[], position?: string): void;
  /** To be called before these segments are deleted, or all. @throws `state-unusable` */
  close(segments?: readonly SegmentName[]): void;
}

/** Appends to the segments in the folder `dir`, which need not exist. */
export function createAppender(dir: string, now: () => number, fence: Fence): Appender {
  /** By their paths. */
  const open = new Map<string, SegmentWriter>();

  function close(paths: readonly string[]): void {
    for (const path of paths) {
      const writer = open.get(path);
      open.delete(path);
      writer?.close();
    }
  }

  /** The segment of a period: one that is open, the last one, or a new one. A process before may have others open. */
  function segmentOf(contents: SeenContents, periodMs: number): LoadedSegment {
    const last = contents.segments.at(-1);
    const found = contents.segments.find((segment) =>
      segment.periodMs === periodMs && segment.version === SEGMENT_VERSION &&
      (segment === last || open.has(segment.path))
    );
    if (found !== undefined) return found;
    const name = segmentName(dir, contents.nextNumber++, periodMs, false);
    return { ...name, newestMs: 0, soundBytes: 0, version: SEGMENT_VERSION };
  }

  function write(segment: LoadedSegment, frames: Uint8Array): void {
    const { path } = segment;
    const writer = open.get(path) ?? openSegmentWriter(path, fence);
    open.set(path, writer);
    // The segment is open by now: the check is of the file that is written to.
    fence.during(() => void (segment.soundBytes = writer.append(frames, segment.soundBytes)));
  }

  function begin({ segments }: SeenContents, segment: LoadedSegment, frames: Uint8Array): void {
    makeFolder(dir);
    try {
      write(segment, frames);
    } catch (error) {
      close([segment.path]);
      throw error;
    }
    const isOfKind = ({ periodMs }: LoadedSegment) => isBackdated(periodMs) === isBackdated(segment.periodMs);
    close(segments.filter(isOfKind).map(({ path }) => path));
    segments.push(segment);
  }

  function append(contents: SeenContents, { keys, untilMs }: KeyRun, position?: string): void {
    const { segments } = contents;
    const fromMs = untilMs ?? now();
    const segment = segmentOf(contents, untilMs === null ? periodOf(fromMs) : backdatedPeriodOf(untilMs));
    const isNew = !segments.includes(segment);
    const last = isNew ? segment : segments.at(-1)!;
    const place = { segment: last.number, bytes: last.soundBytes };
    const frames = encodeCommit(keys, fromMs, segment === last ? position : undefined);
    if (isNew) begin(contents, segment, frames);
    else write(segment, frames);
    segment.newestMs = Math.max(segment.newestMs, wholeSeconds(fromMs) * 1000);
    if (position === undefined) return;
    if (segment !== last) write(last, encodeCommit(new Uint8Array(), fromMs, position));
    contents.position = { ...place, text: position };
  }
  return {
    append(contents, runs, position) {
      for (const [index, run] of runs.entries()) {
        append(contents, run, index === runs.length - 1 ? position : undefined);
      }
    },
    close: (segments) => close(segments?.map(({ path }) => path) ?? [...open.keys()]),
  };
}

/** The open end of a segment. */
interface SegmentWriter {
  /** Adds frames durably behind the first `end` bytes; 0 begins the segment, whatever the file held. How long it is then. */
  append(frames: Uint8Array, end: number): number;
  close(): void;
}

function openSegmentWriter(path: string, fence: Fence): SegmentWriter {
  // Who lost the folder leaves no file in it.
  fence.check();
  const fd = openFile(path, "write");
  let inFolder = false;
  return {
    append(frames, end) {
      const bytes = end === 0 ? Buffer.concat([segmentHeader(), frames]) : frames;
      attempt("write", path, () => {
        try {
          // At a position, not at the end: what a failed attempt left behind is written over.
          writeFully(fd, bytes, end);
          fdatasyncSync(fd);
        } catch (error) {
          cutOff(fd, end);
          throw error;
        }
      });
      if (end === 0 && !inFolder) syncFolder(dirname(path));
      inFolder = true;
      return end + bytes.length;
    },
    close() {
      attempt("close", path, () => closeSync(fd));
    },
  };
}

/** Takes half a frame away again. If that fails too, its checksum gives it away. */
function cutOff(fd: number, end: number): void {
  try {
    ftruncateSync(fd, end);
  } catch {
    // The first failure is the one to report.
  }
}
