/** What a commit writes: its frames, at the end of the segment of the current period. */
import { closeSync, fdatasyncSync, ftruncateSync } from "node:fs";
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { makeFolder, openFile, syncFolder, writeFully } from "../../files/durable.ts";
import { attempt } from "../../files/failure.ts";
import type { Fence } from "../../files/hold.ts";
import type { LoadedSegment, SeenContents } from "./files.ts";
import { encodeCommit, wholeSeconds } from "./frames.ts";
import { SEGMENT_VERSION, segmentHeader } from "./segment.ts";
import { type Periods, segmentName } from "./segmentNames.ts";

/** Appends commits, and keeps the last segment open in between. */
export interface Appender {
  /**
   * Makes `keys`, and behind them the position, durable by one write and one sync; `contents` then says so.
   *
   * @throws `state-unusable`; nothing has changed then, and the same may be appended again; `state-in-use` when another
   * process took the set, which does not know of them
   */
  append(contents: SeenContents, keys: Uint8Array, position?: string): void;
  /** To be called before segments are deleted or replaced; a later commit opens what it needs. @throws `state-unusable` */
  close(): void;
}

/** Appends to the segments in the folder `dir`, which need not exist. */
export function createAppender(dir: string, periods: Periods, fence: Fence): Appender {
  let open: { segment: LoadedSegment; to: SegmentWriter } | undefined;

  function close(): void {
    const last = open;
    open = undefined;
    last?.to.close();
  }

  /** The open end of the last segment if that is of the current period, or else of a new one. */
  function current(contents: SeenContents): { segment: LoadedSegment; to: SegmentWriter } {
    const periodMs = periods.current();
    if (open?.segment.periodMs === periodMs) return open;
    close();
    makeFolder(dir);
    let segment = contents.segments.at(-1);
    if (segment?.periodMs !== periodMs || segment.version !== SEGMENT_VERSION) {
      const name = segmentName(dir, contents.nextNumber++, periodMs, false);
      segment = { ...name, newestMs: 0, soundBytes: 0, version: SEGMENT_VERSION };
    }
    return open = { segment, to: openSegmentWriter(segment.path, segment.soundBytes) };
  }

  return {
    append(contents, keys, position) {
      const { segment, to } = current(contents);
      const addedMs = periods.now();
      const place = { segment: segment.number, bytes: segment.soundBytes };
      // The segment is open by now: the check is of the file that is written to.
      fence.during(() => {
        segment.soundBytes = to.append(encodeCommit(keys, addedMs, position));
      });
      segment.newestMs = Math.max(segment.newestMs, wholeSeconds(addedMs) * 1000);
      if (!contents.segments.includes(segment)) contents.segments.push(segment);
      if (position !== undefined) contents.position = { ...place, text: position };
    },
    close,
  };
}

/** The open end of a segment. */
interface SegmentWriter {
  /** Adds frames durably; how long the segment is then, in bytes. */
  append(frames: Uint8Array): number;
  close(): void;
}

/** Opens a segment to append after its first `soundBytes`; 0 begins it, whatever the file held. */
function openSegmentWriter(path: string, soundBytes: number): SegmentWriter {
  const fd = openFile(path, "write");
  let end = soundBytes;
  let inFolder = soundBytes > 0;
  return {
    append(frames) {
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
      end += bytes.length;
      if (!inFolder) syncFolder(dirname(path));
      inFolder = true;
      return end;
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
