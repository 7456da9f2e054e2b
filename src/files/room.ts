import { statfsSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";

/** What a volume says of itself: the part of `statfs` that counts here. */
export interface Volume {
  /** Bytes of a block. */
  readonly bsize: number;
  /** Blocks in all, and those that this user may still take. */
  readonly blocks: number;
  readonly bavail: number;
  /** Files that it may hold, 0 where there is no such number, and how many more. */
  readonly files: number;
  readonly ffree: number;
}

/** Less than this is no room: what was to be written may have been as large. */
const LITTLE_BYTES = 16 * 1024 * 1024;

/**
 * Why a volume took no more, in words, with what to do. The system has one answer for all of it.
 *
 * @param path what could not be written; it may not be there, and may be no path, such as "standard output"
 */
export function whyNoRoom(path: string): string {
  return wordsFor(isAbsolute(path) ? volumeOf(path) ?? volumeOf(dirname(path)) : null);
}

export function wordsFor(volume: Volume | null): string {
  if (volume !== null && volume.files > 0 && volume.ffree === 0) {
    return "the volume holds as many files as it may (df -i), though it has room: delete files there, then start again " +
      "(nothing was lost)";
  }
  if (volume !== null && volume.bavail * volume.bsize >= Math.max(LITTLE_BYTES, capacity(volume) / 20)) {
    return "the volume has room (df), but a quota or a reserve keeps it back: ask for more, then start again " +
      "(nothing was lost)";
  }
  return "the volume is full: free space there, then start again (nothing was lost)";
}

function capacity({ blocks, bsize }: Volume): number {
  return blocks * bsize;
}

function volumeOf(path: string): Volume | null {
  try {
    return statfsSync(path);
  } catch {
    return null;
  }
}
