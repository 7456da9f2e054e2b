import { rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { GraphtapError } from "../errors.ts";
import { failureCode } from "../files/failure.ts";
import { makeFolder, syncFolder } from "../files/durable.ts";
import { giveFolder } from "./folderAccess.ts";
import { attemptSink } from "./sinkFailure.ts";
import { openSpoolFile, type SpoolAccess, type SpoolFile } from "./spoolFile.ts";
import { listSpool, nextSpoolFile } from "./spoolNames.ts";

/** When a spool begins another file, who may read them, and how much of the old ones is kept. */
export interface RotationOptions {
  /** What the names of all its files begin with; see `spoolNames.ts`. */
  readonly path: string;
  /** Another file is begun before one would become larger than this, in bytes. */
  readonly rotateBytes: number;
  /** Another file is begun when the first line of one is older than this; looked at when lines are written. */
  readonly rotateSeconds: number;
  /** Bytes that all files may take together; `null` for no limit. */
  readonly maxSpoolBytes: number | null;
  /** Seconds after its end at which a file is deleted, read or not; looked at when another is begun. @default null, never */
  readonly keepSeconds?: number | null;
  /** Who may read the files beside their owner. @default nobody */
  readonly access?: SpoolAccess;
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
  /** Bytes of all files of the spool now. */
  heldBytes(): number;
  /** Begins another file, in the folder as it must be: somebody may have taken it away. @throws sink-full, sink-unusable */
  begin(): void;
}

/** Opens the last file of a spool, or makes the first. @throws sink-full, sink-unusable */
export function createRotation(options: RotationOptions): SpoolRotation {
  const { path, maxSpoolBytes } = options;
  const last = attemptSink("list", dirname(path), () => listSpool(path)).at(-1);
  let file = last === undefined ? create(options) : openSpoolFile(last.path, options.now, options.access);
  deleteOld(options, file.path);
  let others = otherBytes(path, file.path);

  function begin(): void {
    const next = create(options);
    file.close();
    file = next;
    deleteOld(options, file.path);
    others = otherBytes(path, file.path);
  }

  function isDue(bytes: number): boolean {
    if (file.size === 0) return false;
    return file.size + bytes > options.rotateBytes ||
      options.now() - file.bornMs >= options.rotateSeconds * 1000;
  }

  function keepBudget(bytes: number): void {
    if (maxSpoolBytes === null || others + file.size + bytes <= maxSpoolBytes) return;
    // What the readers of the older files have deleted since is free again.
    others = otherBytes(path, file.path);
    const held = others + file.size;
    if (held + bytes <= maxSpoolBytes) return;
    throw new GraphtapError(
      "sink-full",
      `Cannot write "${path}": the files of this spool hold ${held} bytes, and --max-spool-bytes ` +
        `allows ${maxSpoolBytes}; delete those that were read, then start again (nothing was lost)`,
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
      begin();
    },
    heldBytes: () => otherBytes(path, file.path) + file.size,
    begin,
  };
}

function create({ path, now, access }: RotationOptions): SpoolFile {
  const folder = dirname(path);
  const made = attemptSink("create", folder, () => makeFolder(folder));
  for (const one of made) giveFolder(one, access);
  const name = attemptSink("list", folder, () => nextSpoolFile(path, now()));
  const file = openSpoolFile(name, now, access);
  attemptSink("write", name, () => syncFolder(folder));
  return file;
}

/**
 * Deletes the files that ended longer ago than they are kept; a file ended when the next one began. Their readers are
 * not asked: nobody but they knows how far they came. A file that cannot be deleted is reported, and stays.
 */
function deleteOld({ path, keepSeconds, now, report }: RotationOptions, current: string): void {
  if (keepSeconds == null) return;
  const files = listSpool(path);
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (next === undefined || file.path === current || next.ms >= now() - keepSeconds * 1000) break;
    try {
      rmSync(file.path, { force: true });
    } catch (error) {
      report(`"${file.path}" is older than --keep-seconds and cannot be deleted (${failureCode(error)})`);
    }
  }
}

/** Bytes of the other files. One that its reader deletes meanwhile counts nothing. */
function otherBytes(path: string, current: string): number {
  return listSpool(path).filter((file) => file.path !== current).reduce(
    (sum, file) => sum + (statSync(file.path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
