/**
 * The lock of a folder that one process at a time may write in. The file `lock` in it is locked by the system, so that
 * the end of a process, however it ends, lets the next one in; where the system cannot do that, processes put down
 * claims (`claim.ts`). Each looks for the other kind, too: on a shared volume hosts of both kinds may meet.
 */
import { Buffer } from "node:buffer";
import { closeSync, ftruncateSync } from "node:fs";
import { join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { findClaim, putClaim } from "./claim.ts";
import { openFile, readFileIfAny, removeFile, writeFully } from "./durable.ts";
import { attempt } from "./failure.ts";
import { type Host, thisHost } from "./host.ts";
import type { FileLocker } from "./lock.ts";

/** The right to write in a folder. Ends with {@linkcode FolderLock.release} or with the process, even by `kill -9`. */
export interface FolderLock {
  /** Lets the next process in; once is enough. */
  release(): void;
}

export interface LockOptions {
  /** This process, to be named to whoever finds the folder in use. */
  readonly pid: number;
  /** How to tell whether other processes live, where there is no `flock`. @default the host's /proc or ps */
  readonly host?: () => Host;
}

/**
 * Takes the folder `dir`, which exists, for this process. Messages call it the state folder, for no other is locked so.
 *
 * The file `lock` in it is never deleted: someone might be about to lock it, and would then hold a lock on a file that
 * nobody else can see.
 *
 * @throws `state-in-use` when another process has the folder, naming it when it can be told; `state-unusable`
 */
export function acquireLock(
  dir: string,
  locker: FileLocker,
  { pid, host = thisHost }: LockOptions,
): FolderLock {
  const path = join(dir, "lock");
  closeSync(openFile(path, "write"));
  const lock = attempt("lock", path, () => locker(path));
  if (lock.status === "busy") throw inUse(dir, readPid(path), path);
  if (lock.status === "unsupported") return lockByClaim(dir, path, pid, host());
  try {
    writeText(path, `${pid}\n`);
    // Left by a process that found no flock, such as one in another container on the same volume.
    const claim = findClaim(dir, host);
    if (claim !== null) throw inUse(dir, claim.pid, claim.path);
  } catch (error) {
    lock.release();
    throw error;
  }
  return once(() => {
    try {
      writeText(path, "");
    } catch {
      // The number is only for people; that the volume fails is said by whatever fails to be written to it.
    }
    lock.release();
  });
}

function lockByClaim(dir: string, lockPath: string, pid: number, host: Host): FolderLock {
  const own = putClaim(dir, pid, host);
  const claim = findClaim(dir, () => host, own);
  // A process that did find flock names itself in the file it locks.
  const locker = readPid(lockPath);
  if (claim === null && (locker === null || host.startOf(locker) === null)) {
    return once(() => removeFile(own));
  }
  removeFile(own);
  throw claim === null ? inUse(dir, locker, lockPath) : inUse(dir, claim.pid, claim.path);
}

/** A second release would close a file, or empty a lock, that is someone else's by then. */
function once(release: () => void): FolderLock {
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      release();
    },
  };
}

function inUse(dir: string, pid: number | null, file: string): GraphtapError {
  const by = pid === null ? "another process" : `process ${pid}`;
  // Only a claim can outlive its process unnoticed; the file named "lock" never has to be deleted.
  const stale = file.endsWith("lock") ? "" : `, or delete "${file}" if you are sure that it ended`;
  return new GraphtapError(
    "state-in-use",
    `Cannot use the state folder "${dir}": ${by} is using it; stop that one first${stale}, or choose another folder with --state`,
  );
}

function readPid(path: string): number | null {
  const text = readFileIfAny(path)?.toString("latin1").trim() ?? "";
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
}

function writeText(path: string, text: string): void {
  attempt("write", path, () => {
    const fd = openFile(path, "write");
    try {
      ftruncateSync(fd, 0);
      writeFully(fd, Buffer.from(text), 0);
    } finally {
      closeSync(fd);
    }
  });
}
