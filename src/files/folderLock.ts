/**
 * The lock of a folder that one process at a time may write in. The file `lock` in it is locked by the system, so that
 * the end of a process, however it ends, lets the next one in; where the system cannot do that, processes put down
 * claims (`claimLock.ts`). Each looks for the other kind, too: on a shared volume hosts of both kinds may meet.
 */
import { Buffer } from "node:buffer";
import { closeSync, ftruncateSync, linkSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { BEAT_MS, type ClaimOptions, findLiveClaim, lockByClaim } from "./claimLock.ts";
import { openFile, removeFile, writeFully } from "./durable.ts";
import { attempt } from "./failure.ts";
import { type Hold, noFence, takeHold } from "./hold.ts";
import type { Holder } from "./holder.ts";
import { type Host, thisHost } from "./host.ts";
import type { FileLocker } from "./lock.ts";
import { inUse, lostFolder, readPid } from "./lockHolder.ts";

/**
 * The right to write in a folder. Ends with {@linkcode FolderLock.release} or with the process, even by `kill -9`, and
 * when the system gives the lock to another process: then it lets nothing more be written (`hold.ts`).
 */
export interface FolderLock extends Omit<Hold, "release"> {
  /** Lets the next process in; once is enough, and nothing is checked any more. */
  release(): void;
}

export interface LockOptions extends ClaimOptions {
  /** How to tell whether other processes live, where there is no `flock`. @default the host's /proc or ps */
  readonly host?: () => Host;
}

/**
 * Takes the folder `dir`, which exists, for this process. Messages call it the state folder, for no other is locked so.
 *
 * The file `lock` in it is never deleted by us: someone might be about to lock it, and would then hold a lock on a file
 * that nobody else can see. Its second name, `.lock`, is for the case that somebody else deletes it: the file that is
 * locked is then given its name again, and the next process finds it locked.
 *
 * @throws `state-in-use` when another process has the folder, naming it when it can be told; `state-unusable`
 */
export function acquireLock(dir: string, locker: FileLocker, options: LockOptions): FolderLock {
  const { host: look = thisHost } = options;
  const host = look();
  const release = takeLock(dir, locker, host, options);
  try {
    return holding(dir, host, release, options);
  } catch (error) {
    release(true);
    throw error;
  }
}

/** @param wasOurs whether it was ours until now: what others wrote since is theirs */
type Release = (wasOurs: boolean) => void;

/** The lock, with what keeps us from writing when it is lost. */
function holding(
  dir: string,
  host: Host,
  release: Release,
  { pid, beatMs = BEAT_MS, onLost }: LockOptions,
): FolderLock {
  const lostTo = (holder: Holder | null) => lostFolder(dir, holder, host);
  const hold = takeHold(dir, { pid, host, lostTo, onLost });
  // Who stood still for long finds out before it does anything else.
  const timer = setInterval(() => {
    try {
      hold.check();
    } catch {
      // Told already; what fails otherwise may pass, and fails again where something is to be written.
    }
  }, beatMs);
  timer.unref();
  let held = true;
  return {
    ...hold,
    check: () => (held ? hold : noFence).check(),
    during: (write) => (held ? hold : noFence).during(write),
    replaceFile: (...file) => (held ? hold : noFence).replaceFile(...file),
    release() {
      // A second time would close a file, or empty a lock, that is someone else's by then.
      if (!held) return;
      held = false;
      clearInterval(timer);
      release(hold.release());
    },
  };
}

/** Takes the lock of the folder; what gives it back. @throws `state-in-use`, `state-unusable` */
function takeLock(dir: string, locker: FileLocker, host: Host, options: LockOptions): Release {
  const { pid } = options;
  const path = join(dir, "lock");
  giveName(join(dir, ".lock"), path);
  closeSync(openFile(path, "write"));
  const lock = attempt("lock", path, () => locker(path));
  if (lock.status === "busy") throw inUse(dir, readPid(path), path, host);
  if (lock.status === "unsupported") return lockByClaim(dir, path, host, options);
  try {
    keepSecondName(dir, path, locker, host);
    writeText(path, `${pid}\n`);
    // Left by a process that found no flock, such as one in another container on the same volume.
    const claim = findLiveClaim(dir, host, options);
    if (claim !== null) throw inUse(dir, claim.pid, claim.path, host);
  } catch (error) {
    lock.release();
    throw error;
  }
  return (wasOurs) => {
    try {
      if (wasOurs) writeText(path, "");
    } catch {
      // The number is only for people; that the volume fails is said by whatever fails to be written to it.
    }
    lock.release();
  };
}

/** Makes `name` another name of the file `path`, where that is there and the name is free. */
function giveName(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch {
    // It has the name, there is no such file, or the file system knows one name for a file only: then one has to do.
  }
}

/** Lets `.lock` name the file `lock` that we have locked; it may be another one, which another process has locked. */
function keepSecondName(dir: string, path: string, locker: FileLocker, host: Host): void {
  const second = join(dir, ".lock");
  giveName(path, second);
  const named = lstatSync(second, { throwIfNoEntry: false });
  if (named === undefined || named.ino === lstatSync(path).ino) return;
  const other = attempt("lock", second, () => locker(second));
  if (other.status === "busy") throw inUse(dir, readPid(second), path, host);
  removeFile(second);
  if (other.status === "locked") other.release();
  giveName(path, second);
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
