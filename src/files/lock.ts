import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { closeSync, ftruncateSync } from "node:fs";
import { join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { findClaim, putClaim } from "./claim.ts";
import { attempt } from "./failure.ts";
import { openFile, readFileIfAny, removeFile, writeFully } from "./durable.ts";
import { type Host, thisHost } from "./host.ts";

/** What became of an attempt to lock a file. */
export type LockAttempt =
  | { readonly status: "locked"; release(): void }
  /** Another process has it. */
  | { readonly status: "busy" }
  /** This host or this file system cannot. */
  | { readonly status: "unsupported" };

/**
 * Tries, without waiting, to take an exclusive `flock(2)` on an existing file, which it opens itself. The system
 * must free the lock whenever the process ends, however it ends. All lockers of one host must exclude each other.
 */
export type FileLocker = (path: string) => LockAttempt;

/**
 * Locks by the `flock` command of util-linux or busybox, since Node has no call for it: the child locks the open
 * file it inherits from us, and that lock belongs to the open file, so it stays with us when the child is gone.
 */
export const flockByCommand: FileLocker = (path) => {
  const fd = openFile(path, "write");
  const result = spawnSync("flock", ["-n", "-x", "3"], { stdio: ["ignore", "ignore", "pipe", fd] });
  if (result.status === 0) return { status: "locked", release: () => closeSync(fd) };
  closeSync(fd);
  // Busy is status 1 without a word; busybox ends with 1, but with a message, when the file system has no locks.
  const busy = result.status === 1 && result.stderr.length === 0;
  return { status: busy ? "busy" : "unsupported" };
};

/** An open file that can be locked, as Deno's own can. */
export interface LockableFile {
  tryLockSync(exclusive: boolean): boolean;
  close(): void;
}

/**
 * Locks by the file's own method, which needs no command and no permission to run one.
 *
 * @param open opens an existing file for reading and writing
 */
export function lockByFile(open: (path: string) => LockableFile): FileLocker {
  return (path) => {
    const file = open(path);
    try {
      if (file.tryLockSync(true)) return { status: "locked", release: () => file.close() };
    } catch {
      file.close();
      return { status: "unsupported" };
    }
    file.close();
    return { status: "busy" };
  };
}

/** The right to write in a state folder. Ends with {@linkcode StateLock.release} or with the process, even by `kill -9`. */
export interface StateLock {
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
 * Takes the state folder `dir`, which exists, for this process.
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
): StateLock {
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

function lockByClaim(dir: string, lockPath: string, pid: number, host: Host): StateLock {
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
function once(release: () => void): StateLock {
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
