/**
 * The lock of a folder that one process at a time may write in. The file `lock` in it is locked by the system, so that
 * the end of a process, however it ends, lets the next one in; where the system cannot do that, processes put down
 * claims (`claim.ts`). Each looks for the other kind, too: on a shared volume hosts of both kinds may meet.
 */
import { Buffer } from "node:buffer";
import { closeSync, ftruncateSync, linkSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { findClaim, lastRenewal, type OtherClaim, putClaim, renewClaim } from "./claim.ts";
import { openFile, readFileIfAny, removeFile, writeFully } from "./durable.ts";
import { attempt } from "./failure.ts";
import { type Hold, holdersOf, noFence, takeHold } from "./hold.ts";
import { type Holder, holderInWords } from "./holder.ts";
import { type Host, thisHost } from "./host.ts";
import type { FileLocker } from "./lock.ts";

/**
 * The right to write in a folder. Ends with {@linkcode FolderLock.release} or with the process, even by `kill -9`, and
 * when the system gives the lock to another process: then it lets nothing more be written (`hold.ts`).
 */
export interface FolderLock extends Omit<Hold, "release"> {
  /** Lets the next process in; once is enough, and nothing is checked any more. */
  release(): void;
}

export interface LockOptions {
  /** This process, to be named to whoever finds the folder in use. */
  readonly pid: number;
  /** How to tell whether other processes live, where there is no `flock`. @default the host's /proc or ps */
  readonly host?: () => Host;
  /** How often a claim is written again, in milliseconds. @default 10_000 */
  readonly beatMs?: number;
  /**
   * Whether a claim was written again, where its process cannot be looked into: for who comes back and looks again.
   *
   * @default looks until that is known, 25 s at most, and lets nothing else run
   */
  readonly seesLife?: (claim: string) => boolean;
  /** Told, in one line, of a start that has to wait. */
  readonly report?: (note: string) => void;
  /** Told when another process took the folder, since this one stood still for long: it must not write any more. */
  readonly onLost?: (failure: GraphtapError) => void;
}

const BEAT_MS = 10_000;
/** A claim that was not written again for so many beats was left behind. */
const BEATS_OF_SILENCE = 2.5;

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

function lockByClaim(dir: string, lockPath: string, host: Host, options: LockOptions): Release {
  const own = putClaim(dir, options.pid, host);
  const claim = findLiveClaim(dir, host, options, own);
  // A process that did find flock names itself in the file it locks.
  const locker = readPid(lockPath);
  if (claim === null && (locker === null || host.startOf(locker) === null)) {
    const stop = keepClaim(dir, own, options);
    return () => {
      stop();
      removeFile(own);
    };
  }
  removeFile(own);
  throw claim === null ? inUse(dir, locker, lockPath, host) : inUse(dir, claim.pid, claim.path, host);
}

/** As {@linkcode findClaim}, but watches a claim for a while whose process cannot be looked into. */
function findLiveClaim(
  dir: string,
  host: Host,
  options: LockOptions,
  own?: string,
): OtherClaim | null {
  for (;;) {
    const claim = findClaim(dir, () => host, own);
    if (claim === null || !claim.isWatched) return claim;
    const { seesLife = (path: string) => isRenewed(path, options, own) } = options;
    if (seesLife(claim.path)) return claim;
    removeFile(claim.path);
  }
}

/** Watches a claim until it is written again, or long enough to know that it will not be. */
function isRenewed(
  path: string,
  { beatMs = BEAT_MS, report }: LockOptions,
  own: string | undefined,
): boolean {
  const patienceMs = beatMs * BEATS_OF_SILENCE;
  report?.(
    `"${path}" was left by a process of another container or host: looking for ${
      patienceMs / 1000
    } s whether it lives`,
  );
  const before = lastRenewal(path);
  const lookMs = beatMs / 20;
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs);
    // Two that wait for each other must not take each other for dead.
    if (own !== undefined) renewClaim(own);
    const now = lastRenewal(path);
    if (now !== before) return now !== null;
  }
  return false;
}

/** Tells whether claims are written again from one look to the next, which are `everyMs` milliseconds apart. */
export function watchClaims(everyMs: number, beatMs: number = BEAT_MS): (claim: string) => boolean {
  const known = new Map<string, { renewal: number | null; looks: number }>();
  return (claim) => {
    const renewal = lastRenewal(claim);
    const before = known.get(claim);
    const looks = before?.renewal === renewal ? before.looks + 1 : 0;
    known.set(claim, { renewal, looks });
    // Looks are counted, not time: while this process stands still itself, nobody looks.
    return looks * everyMs < beatMs * BEATS_OF_SILENCE;
  };
}

/** Writes the claim again for as long as the process lives; what ends that. */
function keepClaim(dir: string, own: string, { beatMs = BEAT_MS, onLost }: LockOptions): () => void {
  const timer = setInterval(() => {
    if (renewClaim(own)) return;
    clearInterval(timer);
    onLost?.(
      new GraphtapError(
        "state-in-use",
        `Cannot go on with the state folder "${dir}": the claim of this process was taken away, by another that found ` +
          `it without a sign of life for ${beatMs * BEATS_OF_SILENCE / 1000} s`,
      ),
    );
  }, beatMs);
  timer.unref();
  return () => clearInterval(timer);
}

function inUse(dir: string, pid: number | null, file: string, here: Host): GraphtapError {
  const by = pid === null ? "another process" : holderInWords({ pid, hostname: hostOf(dir, pid) }, here);
  // Only a claim can outlive its process unnoticed; the file named "lock" never has to be deleted.
  const stale = file.endsWith("lock") ? "" : `, or delete "${file}" if you are sure that it ended`;
  return new GraphtapError(
    "state-in-use",
    `Cannot use the state folder "${dir}": ${by} is using it; stop that one first${stale}, or choose another folder with --state`,
  );
}

/** Who has the folder, as far as that can be told: "process 12", or with the host where it is another one. */
export function whoHas(dir: string, here: Host = thisHost()): string {
  const pid = readPid(join(dir, "lock"));
  const holders = holdersOf(dir).map(({ holder }) => holder).filter((holder) => holder !== null);
  const holder = holders.find((one) => one.pid === pid) ?? holders[0];
  if (holder !== undefined) return holderInWords(holder, here);
  return pid === null ? "another process" : `process ${pid}`;
}

/** The host of the process `pid` that has the folder; `null` where that cannot be told. */
function hostOf(dir: string, pid: number): string | null {
  return holdersOf(dir).find(({ holder }) => holder?.pid === pid)?.holder?.hostname ?? null;
}

function lostFolder(dir: string, holder: Holder | null, here: Host): GraphtapError {
  const by = holder === null ? "another process" : holderInWords(holder, here);
  return new GraphtapError(
    "state-in-use",
    `Cannot go on with the state folder "${dir}": ${by} took it while this one stood still or had no connection to ` +
      `it, or somebody deleted what it held; nothing was written since`,
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
