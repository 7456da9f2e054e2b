import { renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { failureCode } from "../files/failure.ts";
import { listFolder, syncFolder } from "../files/durable.ts";
import { attemptSink } from "./sinkFailure.ts";
import { openSpoolFile, type SpoolFile } from "./spoolFile.ts";

/** When a spool gets a new file, and how much of the old ones is kept. */
export interface RotationOptions {
  readonly path: string;
  /** The file is rotated before it would become larger than this, in bytes. */
  readonly rotateBytes: number;
  /** The file is rotated when its first line is older than this; looked at when lines are written. */
  readonly rotateSeconds: number;
  /** Bytes that the spool and its rotated files may take together; `null` for no limit. */
  readonly maxSpoolBytes: number | null;
  /** Age in seconds at which rotated files are deleted, read or not; looked at when one is rotated. @default null, never */
  readonly keepSeconds?: number | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of a file that cannot be deleted. */
  readonly report: (note: string) => void;
}

/** The file that is written, and those that it has left behind. */
export interface SpoolRotation {
  /** The file that is written now; another one after a rotation. */
  readonly file: SpoolFile;
  /**
   * Makes sure that so many bytes more may be written: begins another file where that is due.
   *
   * @param before called before a rotation
   * @throws sink-full when the files hold as much as they may
   */
  makeRoom(bytes: number, before: () => void): void;
}

/** @param first the file at the path, open */
export function createRotation(options: RotationOptions, first: SpoolFile): SpoolRotation {
  const { path, now, maxSpoolBytes } = options;
  let file = first;
  deleteOld(options);
  let others = maxSpoolBytes === null ? 0 : rotatedBytes(path);

  function rotate(): void {
    // Later than the last one even if the clock was set back: the names tell the order.
    const last = listRotated(path).at(-1)?.ms ?? -Infinity;
    attemptSink("rotate", path, () => renameSync(path, rotatedPath(path, Math.max(now(), last + 1))));
    others += file.size;
    const next = openSpoolFile(path, now);
    file.close();
    file = next;
    attemptSink("write", path, () => syncFolder(dirname(path)));
    deleteOld(options);
  }

  function isDue(bytes: number): boolean {
    if (file.size === 0) return false;
    return file.size + bytes > options.rotateBytes || now() - file.bornMs >= options.rotateSeconds * 1000;
  }

  function keepBudget(bytes: number): void {
    if (maxSpoolBytes === null || others + file.size + bytes <= maxSpoolBytes) return;
    // What the readers of the rotated files have deleted since is free again.
    others = rotatedBytes(path);
    const held = others + file.size;
    if (held + bytes <= maxSpoolBytes) return;
    throw new GraphtapError(
      "sink-full",
      `Cannot write "${path}": it and its rotated files hold ${held} bytes, and --max-spool-bytes ` +
        `allows ${maxSpoolBytes}; delete rotated files that were read, then start again (nothing was lost)`,
    );
  }

  return {
    get file() {
      return file;
    },
    makeRoom(bytes, before) {
      keepBudget(bytes);
      if (!isDue(bytes)) return;
      before();
      rotate();
    },
  };
}

/**
 * Deletes the rotated files that are older than they are kept. Their readers are not asked: nobody but they knows how
 * far they came. A file that cannot be deleted is reported, and stays.
 */
function deleteOld({ path, keepSeconds, now, report }: RotationOptions): void {
  if (keepSeconds == null) return;
  for (const file of listRotated(path)) {
    if (file.ms >= now() - keepSeconds * 1000) break;
    try {
      rmSync(file.path, { force: true });
    } catch (error) {
      report(`"${file.path}" is older than --keep-seconds and cannot be deleted (${failureCode(error)})`);
    }
  }
}

/** What rotation adds to the name: the moment, in UTC, so that names sort in time order. */
const STAMP = /^\.(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z$/;

/** The name that the spool `path` gets when it is rotated at `ms` (epoch milliseconds). */
function rotatedPath(path: string, ms: number): string {
  return `${path}.${new Date(ms).toISOString().replace(/[-:]/g, "")}`;
}

/** The rotated files of a spool that are still there, oldest first, with the moment in their names. */
export function listRotated(path: string): { path: string; ms: number }[] {
  const folder = dirname(path);
  const base = basename(path);
  return listFolder(folder)
    .filter(({ name, isFolder }) => !isFolder && name.startsWith(base))
    .map(({ name }) => ({ path: join(folder, name), ms: momentOf(name.slice(base.length)) }))
    .filter(({ ms }) => !Number.isNaN(ms))
    .sort((a, b) => a.ms - b.ms);
}

/** Bytes of the rotated files. One that its reader deletes meanwhile counts nothing. */
function rotatedBytes(path: string): number {
  return listRotated(path).reduce(
    (sum, file) => sum + (statSync(file.path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function momentOf(suffix: string): number {
  return STAMP.test(suffix) ? Date.parse(suffix.replace(STAMP, "$1-$2-$3T$4:$5:$6Z")) : NaN;
}
