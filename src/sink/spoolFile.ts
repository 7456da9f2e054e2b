import { Buffer } from "node:buffer";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readSync,
  type Stats,
} from "node:fs";
import { GraphtapError } from "../errors.ts";
import { openFile, writeFully } from "../files/durable.ts";
import { attemptSink } from "./sinkFailure.ts";

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/** The file that lines are appended to. */
export interface SpoolFile {
  readonly path: string;
  readonly size: number;
  /** Epoch milliseconds when it got its first line. */
  readonly bornMs: number;
  /** True after a failed write of which not every byte could be taken back. */
  readonly isTorn: boolean;
  /** Appends durably. @throws sink-full, sink-unusable; the file is then as it was, unless it {@linkcode isTorn} */
  append(bytes: Uint8Array): void;
  /**
   * What somebody else did to it since our last write, such as "was removed"; `null` when its name still leads to it
   * and it is as long as we left it. One call of the system.
   */
  disturbance(): string | null;
  /** How many of `bytes` are at `offset`, as far as the file goes; -1 when something else is there. */
  matchAt(offset: number, bytes: Uint8Array): number;
  /** Puts `bytes` at `offset` again, durably; what is there already must be the same. @throws sink-full, sink-unusable */
  complete(offset: number, bytes: Uint8Array): void;
  /** Cuts what follows the last line feed off, durably; how many bytes that were. */
  cutTornLine(): number;
  close(): void;
}

/** Who may read a file beside its owner; given to each file that is opened, whatever the umask. */
export interface SpoolAccess {
  /** Permission bits, such as `0o640`; `null` leaves a file as it is, and a new one 0600. @default null */
  readonly mode?: number | null;
  /** Number of the group; `null` leaves what the system gave. @default null */
  readonly group?: number | null;
}

/**
 * Opens or creates a file to append to.
 *
 * @param now epoch milliseconds
 * @throws sink-full, sink-unusable, also when it is no plain file
 */
export function openSpoolFile(path: string, now: () => number, access: SpoolAccess = {}): SpoolFile {
  const { fd, stats } = openPlainFile(path, access);
  let size = stats.size;
  let bornMs = size === 0 ? now() : birthOf(stats);
  let isTorn = false;

  function cutAt(end: number): void {
    // Who made it shorter meanwhile would get zeros.
    if (fstatSync(fd).size > end) ftruncateSync(fd, end);
    fdatasyncSync(fd);
    size = end;
  }

  function put(end: number, write: () => void): void {
    attemptSink("write", path, () => {
      try {
        write();
      } catch (error) {
        try {
          cutAt(size);
        } catch {
          // The first failure is the one to report; the next start completes or cuts what is left.
          isTorn = true;
        }
        throw error;
      }
      size = Math.max(size, end);
    });
  }

  return {
    path,
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
      put(size + bytes.length, () => {
        writeFully(fd, bytes, null);
        fdatasyncSync(fd);
      });
    },
    disturbance: () => disturbanceOf(path, stats, size),
    matchAt(offset, bytes) {
      if (offset > size) return -1;
      const length = Math.min(bytes.length, size - offset);
      const there = attemptSink("read", path, () => readAt(fd, offset, length));
      return there.equals(bytes.subarray(0, length)) ? length : -1;
    },
    complete: (offset, bytes) => put(offset + bytes.length, () => rewrite(path, offset, bytes)),
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

function openPlainFile(path: string, access: SpoolAccess): { fd: number; stats: Stats } {
  const fd = attemptSink("open", path, () => openFile(path, "append"));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) {
      throw new GraphtapError("sink-unusable", `Cannot write "${path}": it is not a plain file`);
    }
    giveAccess(fd, path, stats, access);
    return { fd, stats };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** @param size as we left it */
function disturbanceOf(path: string, { ino, dev }: Stats, size: number): string | null {
  const found = attemptSink("look at", path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return "was removed";
  if (found.ino !== ino || found.dev !== dev) return "was replaced by another file";
  if (found.size < size) return "was cut short (as logrotate's copytruncate does)";
  return found.size > size ? "was written by another program" : null;
}

/**
 * Writes at an offset, durably, over what is there: a file that is open to append knows its end only. What is there
 * already is written, too: after an error of the disk it may be so in memory alone, and the system would not write it again.
 */
function rewrite(path: string, offset: number, bytes: Uint8Array): void {
  const fd = openFile(path, "write");
  try {
    writeFully(fd, bytes, offset);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function giveAccess(
  fd: number,
  path: string,
  stats: Stats,
  { mode = null, group = null }: SpoolAccess,
): void {
  if (group !== null && stats.gid !== group) {
    attemptSink(`give to group ${group}`, path, () => fchownSync(fd, stats.uid, group));
  }
  // After the group: a change of it may take bits away.
  if (mode !== null && (stats.mode & 0o7777) !== mode) {
    attemptSink("change the mode of", path, () => fchmodSync(fd, mode));
  }
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
