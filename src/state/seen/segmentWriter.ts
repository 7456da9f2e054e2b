import { closeSync, fdatasyncSync, ftruncateSync } from "node:fs";
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { attempt } from "../../files/failure.ts";
import { openFile, syncFolder, writeFully } from "../../files/durable.ts";
import { segmentHeader } from "./segment.ts";

/** The open end of a segment. */
export interface SegmentWriter {
  /** Adds frames durably; how long the segment is then, in bytes. @throws `state-unusable`; the same frames may then be appended again */
  append(frames: Uint8Array): number;
  close(): void;
}

/** Opens a segment to append after its first `soundBytes`; 0 begins it, whatever the file held. @throws `state-unusable` */
export function openSegmentWriter(path: string, soundBytes: number): SegmentWriter {
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
