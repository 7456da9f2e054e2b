import { Buffer } from "node:buffer";
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, readSync, type Stats } from "node:fs";
import { GraphtapError } from "../errors.ts";
import { openFile, writeFully } from "../files/durable.ts";
import { attemptSink } from "./sinkFailure.ts";

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/** The file that lines are appended to. */
export interface SpoolFile {
  readonly size: number;
  /** Epoch milliseconds when it got its first line. */
  readonly bornMs: number;
  /** True after a failed write of which not every byte could be taken back. */
  readonly isTorn: boolean;
  /** Appends durably. @throws sink-full, sink-unusable; the file is then as it was, unless it {@linkcode isTorn} */
  append(bytes: Uint8Array): void;
  /** How many of `bytes` are at `offset`, as far as the file goes; -1 when something else is there. */
  matchAt(offset: number, bytes: Uint8Array): number;
  /** Puts `bytes` at `offset` again, durably; what is there already must be the same. @throws sink-full, sink-unusable */
  complete(offset: number, bytes: Uint8Array): void;
  /** Cuts what follows the last line feed off, durably; how many bytes that were. */
  cutTornLine(): number;
  close(): void;
}

/** Opens or creates a file to append to, 0600. @throws sink-full, sink-unusable, also when it is no plain file */
export function openSpoolFile(path: string, now: () => number): SpoolFile {
  const fd = attemptSink("open", path, () => openFile(path, "write"));
  const stats = fstatSync(fd);
  if (!stats.isFile()) {
    closeSync(fd);
    throw new GraphtapError("sink-unusable", `Cannot write "${path}": it is not a plain file`);
  }
  let size = stats.size;
  let bornMs = size === 0 ? now() : birthOf(stats);

  let isTorn = false;

  function cutAt(end: number): void {
    ftruncateSync(fd, end);
    fdatasyncSync(fd);
    size = end;
  }

  function put(bytes: Uint8Array, offset: number): void {
    attemptSink("write", path, () => {
      try {
        writeFully(fd, bytes, offset);
        fdatasyncSync(fd);
      } catch (error) {
        try {
          cutAt(size);
        } catch {
          // The first failure is the one to report; the next start completes or cuts what is left.
          isTorn = true;
        }
        throw error;
      }
      size = Math.max(size, offset + bytes.length);
    });
  }

  return {
    get size() {
      return size;
    },
    get bornMs() {
      return bornMs;
    },
    get isTorn() {
      return isTorn;
    },
    append(bytes) {
      if (size === 0) bornMs = now();
      put(bytes, size);
    },
    matchAt(offset, bytes) {
      if (offset > size) return -1;
      const length = Math.min(bytes.length, size - offset);
      const there = attemptSink("read", path, () => readAt(fd, offset, length));
      return there.equals(bytes.subarray(0, length)) ? length : -1;
    },
    complete: (offset, bytes) => put(bytes, offset),
    cutTornLine() {
      return attemptSink("repair", path, () => {
        const torn = size - afterLastLine(fd, size);
        if (torn > 0) cutAt(size - torn);
        return torn;
      });
    },
    close: () => attemptSink("close", path, () => closeSync(fd)),
  };
}

function afterLastLine(fd: number, size: number): number {
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const at = readAt(fd, start, end - start).lastIndexOf(LINE_FEED);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

/** Not every file system knows when a file was made; its last change is the next best. */
function birthOf(stats: Stats): number {
  return stats.birthtimeMs > 0 ? stats.birthtimeMs : stats.mtimeMs;
}
