/**
 * Files that survive a crash, by synchronous calls: on Node they cost no more than the asynchronous ones and
 * nothing can run in between. Folders are 0700 and files 0600, for a position names tenants and record ids.
 */
import {
  closeSync,
  constants,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { attempt, failureCode, stateFailure } from "./failure.ts";

/** Ends the names of files that are not finished; whoever finds one may delete it. */
export const UNFINISHED = ".tmp";

// Windows has no such flag and leaves it undefined.
const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0;
const READ = constants.O_RDONLY | NO_FOLLOW;
const READ_WRITE = constants.O_RDWR | constants.O_CREAT | NO_FOLLOW;
const APPEND = READ_WRITE | constants.O_APPEND;

// What folders answer to fsync where it means nothing: Windows, and some network file systems.
const FOLDER_SYNC_NEEDLESS = ["EINVAL", "EISDIR", "EPERM", "ENOTSUP"];

/** Opens a file that is no symbolic link. Deno with less than all permissions follows one in spite of the flag. */
function openPlain(path: string, flags: number): number {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw Object.assign(new Error("a symbolic link"), { code: "ELOOP" });
  }
  return openSync(path, flags, 0o600);
}

const FLAGS = { read: READ, write: READ_WRITE, append: APPEND } as const;

/**
 * Opens `path` for reading, or for writing too, creating it. A symbolic link is refused.
 *
 * @param mode `append`: whatever is written goes to the end, wherever that is by then
 * @throws `state-unusable`
 */
export function openFile(path: string, mode: keyof typeof FLAGS): number {
  return attempt(mode === "read" ? "read" : "open", path, () => openPlain(path, FLAGS[mode]));
}

/**
 * Writes all of `bytes`, however often the system takes only a part.
 *
 * @param position `null` for the end of a file that was opened to append
 */
export function writeFully(fd: number, bytes: Uint8Array, position: number | null): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done);
  }
}

/** The file's bytes, `null` when there is none. A symbolic link is refused. @throws `state-unusable` */
export function readFileIfAny(path: string): Buffer | null {
  return attempt("read", path, () => {
    let fd: number;
    try {
      fd = openPlain(path, READ);
    } catch (error) {
      if (failureCode(error) === "ENOENT") return null;
      throw error;
    }
    try {
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * Puts `content` in the place of whatever `path` held: after a crash there is the old content or the new, whole.
 *
 * @param ownedAs a file whose owner the new one gets, if this process may give it away: root's would be unreadable to
 * the process that it is for
 * @throws `state-unusable`; the old content is then still there, or the new one already.
 */
export function replaceFile(path: string, content: string | Uint8Array, ownedAs?: string): void {
  replaceFileBy(path + UNFINISHED, path, content, ownedAs);
}

/** The same, by a file `unfinished` of the same volume, which is renamed. @throws `state-unusable` */
export function replaceFileBy(
  unfinished: string,
  path: string,
  content: string | Uint8Array,
  ownedAs?: string,
): void {
  attempt("write", path, () => {
    const fd = openPlain(unfinished, READ_WRITE | constants.O_TRUNC);
    try {
      writeFully(fd, typeof content === "string" ? Buffer.from(content) : content, 0);
      if (ownedAs !== undefined) give(fd, ownedAs);
      fsyncSync(fd);
    } catch (error) {
      discard(unfinished);
      throw error;
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, path);
  });
  syncFolder(dirname(path));
}

function give(fd: number, ownedAs: string): void {
  try {
    const { uid, gid } = statSync(ownedAs);
    fchownSync(fd, uid, gid);
  } catch {
    // Who is not root may not, and need not as a rule.
  }
}

/** Gives the blocks of a failed attempt back to a volume that may be full. */
function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The failure that brought us here is the one to report.
  }
}

/** Makes creations, renames and deletions in a folder durable. @throws `state-unusable` */
export function syncFolder(path: string): void {
  attempt("write", path, () => {
    let fd: number | undefined;
    try {
      fd = openSync(path, constants.O_RDONLY);
      fsyncSync(fd);
    } catch (error) {
      if (!FOLDER_SYNC_NEEDLESS.includes(failureCode(error))) throw error;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  });
}

/** Deletes a file if it is there; not durable before {@linkcode syncFolder}. @throws `state-unusable` */
export function removeFile(path: string): void {
  attempt("delete", path, () => {
    try {
      unlinkSync(path);
    } catch (error) {
      if (failureCode(error) !== "ENOENT") throw error;
    }
  });
}

/** Durably renames what cannot be used to `<path>.<why>-<now>`, out of the way but not lost. @throws `state-unusable` */
export function setAside(path: string, why: string, now: number): string {
  const aside = `${path}.${why}-${now}`;
  attempt("set aside", path, () => renameSync(path, aside));
  syncFolder(dirname(path));
  return aside;
}

/**
 * Makes a folder and the ones above it, each durable in its parent; the ones that it made, the outermost first.
 *
 * Not `mkdirSync` with `recursive`: on Node 20 that never returns where a file system answers ENOENT to every
 * creation, as /proc does.
 *
 * @throws `state-unusable`
 */
export function makeFolder(path: string): string[] {
  const first = tryMakeFolder(path);
  if (first !== "parent-missing") return first === "made" ? [path] : [];
  const parent = dirname(path);
  const made = parent === path ? [] : makeFolder(parent);
  const second = tryMakeFolder(path);
  if (second === "parent-missing") throw stateFailure("create", path, { code: "ENOENT" });
  return second === "made" ? [...made, path] : made;
}

function tryMakeFolder(path: string): "made" | "there" | "parent-missing" {
  return attempt("create", path, () => {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (failureCode(error) === "ENOENT") return "parent-missing";
      // Some systems tell a read-only volume before they tell that the folder exists.
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw error;
      return "there";
    }
    syncFolder(dirname(path));
    return "made";
  });
}

/** Whether there is a folder at `path`. @throws `state-unusable` when there is something else, such as a link. */
export function isFolder(path: string): boolean {
  return attempt("use", path, () => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) return found !== undefined;
    throw Object.assign(new Error("not a folder"), { code: found.isSymbolicLink() ? "ELOOP" : "ENOTDIR" });
  });
}

/** What a folder holds; nothing when it is missing. @throws `state-unusable` */
export function listFolder(path: string): { name: string; isFolder: boolean }[] {
  return attempt("list", path, () => {
    try {
      return readdirSync(path, { withFileTypes: true }).map((e) => ({
        name: e.name,
        isFolder: e.isDirectory(),
      }));
    } catch (error) {
      if (failureCode(error) === "ENOENT") return [];
      throw error;
    }
  });
}

/** Deletes the unfinished files that a killed process left in a folder. @throws `state-unusable` */
export function removeUnfinished(folder: string): void {
  for (const entry of listFolder(folder)) {
    if (!entry.isFolder && entry.name.endsWith(UNFINISHED)) removeFile(join(folder, entry.name));
  }
}
