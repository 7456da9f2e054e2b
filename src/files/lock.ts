/** Locks on one file: a system call where the runtime has one, a command where it has none. */
import { closeSync } from "node:fs";
import { getBuiltinModule } from "node:process";
import { openFile } from "./durable.ts";

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

/** A lock is there or not in a moment; a network file system that does not answer would hold up the start for ever. */
const FLOCK_TIMEOUT_MS = 5_000;

/**
 * Locks by the `flock` command of util-linux or busybox, since Node has no call for it: the child locks the open
 * file it inherits from us, and that lock belongs to the open file, so it stays with us when the child is gone.
 *
 * @param timeoutMs a command that has not ended by then counts as none, in milliseconds
 */
export function lockByCommand(timeoutMs: number): FileLocker {
  return (path) => {
    const fd = openFile(path, "write");
    // Loaded here: a command that only looks, such as a pull with nothing to do, needs none.
    const { spawnSync } = getBuiltinModule("node:child_process");
    const result = spawnSync("flock", ["-n", "-x", "3"], {
      stdio: ["ignore", "ignore", "pipe", fd],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    if (result.status === 0) return { status: "locked", release: () => closeSync(fd) };
    // This also gives back what a command that came too late may have locked.
    closeSync(fd);
    // Busy is status 1 without a word; busybox ends with 1, but with a message, when the file system has no locks.
    const busy = result.status === 1 && result.stderr.length === 0;
    return { status: busy ? "busy" : "unsupported" };
  };
}

export const flockByCommand: FileLocker = lockByCommand(FLOCK_TIMEOUT_MS);

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

/** The part of Deno that Node has no equal for. */
interface DenoFiles {
  openSync(path: string, options: { read: boolean; write: boolean }): LockableFile;
}

/** How this host locks a file: Deno does it itself. */
export function hostLocker(): FileLocker {
  const { Deno: deno } = globalThis as { Deno?: DenoFiles };
  return deno === undefined
    ? flockByCommand
    : lockByFile((path) => deno.openSync(path, { read: true, write: true }));
}
