/**
 * What keeps a process from writing after it lost a folder. A lock may end before its holder does: a file server gives
 * it to others when a host was cut off, or stood still, for longer than a lease; a claim is taken away after 25 s. Such
 * a holder goes on where it stood, perhaps between looking and writing, and no look can be part of a later write.
 *
 * A holder has a folder of its own, `.holder-UUID`, with one file, whose name tells the process:
 *
 * 1. Who has the lock makes its folder, deletes those of all others with what is in them, and only then reads.
 * 2. A file that is replaced as a whole is written in the holder's folder and renamed into its place. That is one step
 *    of the file system, and fails when the folder is gone.
 * 3. What is appended is written between two checks. A check renames the holder's file: no cache answers that, and it
 *    fails when the folder is gone. The second one tells that the next holder will read what was written. Who stood
 *    still behind the first one writes to a file that it has open, and finds out by the second: where the last holder
 *    may still live, the next one puts copies in the place of such files, so that nobody reads what comes late.
 *
 * The files hold nothing: a folder can be taken on a volume that is full, too.
 */
import { closeSync, lstatSync, mkdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { GraphtapError } from "../errors.ts";
import {
  listFolder,
  openFile,
  readFileIfAny,
  removeFile,
  replaceFile,
  replaceFileBy,
  syncFolder,
  UNFINISHED,
} from "./durable.ts";
import { attempt, failureCode, stateFailure } from "./failure.ts";
import { type Holder, holderIn, holderName, holderOf, isSurelyGone } from "./holder.ts";
import type { Host } from "./host.ts";

/** How files are written that are a holder's alone. */
export interface Fence {
  /** @throws the failure of a lost folder */
  check(): void;
  /** Runs `write`, which makes something durable in files that are open, and lets it count only if the folder is still ours. */
  during(write: () => void): void;
  /** As {@linkcode replaceFile}, for the holder only. */
  replaceFile(path: string, content: string | Uint8Array, ownedAs?: string): void;
}

/** For files that anybody may write, and for folders that nobody can lose. */
export const noFence: Fence = { check: () => {}, during: (write) => write(), replaceFile };

/** The hold of this process on a folder. */
export interface Hold extends Fence {
  /** Whether the holder before may still run: what it has open must not be appended to. */
  readonly followsLiving: boolean;
  /** Puts a copy in the place of a file that the holder before may have open; nothing where there is none. @throws state-* */
  renew(path: string): void;
  /** Ends it; false when it was lost before. */
  release(): boolean;
}

/** For a folder that nobody can lose. */
export const noHold: Pick<Hold, keyof Fence | "followsLiving"> = { ...noFence, followsLiving: false };

export interface HoldOptions {
  readonly pid: number;
  readonly host: Host;
  /** What the names of the holders' folders begin with. @default ".holder-" */
  readonly prefix?: string;
  /** The failure of a lost folder, by the process that took it; `null` where that cannot be told. */
  readonly lostTo: (holder: Holder | null) => GraphtapError;
  /** Told of it once. */
  readonly onLost?: (failure: GraphtapError) => void;
}

const PREFIX = ".holder-";
/** A holder that stood still may put a file into its folder while it is deleted; it does so once. */
const MOST_TRIES = 100;

/** The processes that have, or had, the folder `dir`, as far as they can be told. @throws `state-unusable` */
export function holdersOf(dir: string, prefix = PREFIX): { path: string; holder: Holder | null }[] {
  return listFolder(dir).filter(({ name, isFolder }) => isFolder && name.startsWith(prefix)).map(
    ({ name }) => {
      const path = join(dir, name);
      const holders = listFolder(path).map((file) => holderIn(file.name));
      return { path, holder: holders.find((holder) => holder !== null) ?? null };
    },
  );
}

/**
 * Begins the hold of this process, which has the lock, and ends that of all others.
 *
 * @throws `state-unusable`
 */
export function takeHold(dir: string, options: HoldOptions): Hold {
  const { pid, host, prefix = PREFIX } = options;
  const before = holdersOf(dir, prefix);
  const self = holderOf(pid, host);
  const own = join(dir, prefix + crypto.randomUUID());
  const names = [join(own, holderName(self, 0)), join(own, holderName(self, 1))] as const;
  attempt("create", own, () => mkdirSync(own, { mode: 0o700 }));
  try {
    closeSync(openFile(names[0], "write"));
    for (const { path } of before) removeHolder(path);
    if (before.length > 0) syncFolder(dir);
  } catch (error) {
    removeHolder(own);
    throw error;
  }
  const followsLiving = before.some(({ holder }) => holder !== null && !isSurelyGone(holder, host));
  return holdOf(own, names, followsLiving, () => {
    const others = holdersOf(dir, prefix).filter(({ path }) => path !== own);
    const failure = options.lostTo(others.find(({ holder }) => holder !== null)?.holder ?? null);
    options.onLost?.(failure);
    return failure;
  });
}

/** @param lose tells that the folder is lost, and what that is as a failure */
function holdOf(
  own: string,
  names: readonly [string, string],
  followsLiving: boolean,
  lose: () => GraphtapError,
): Hold {
  let [current, next] = names;
  let lost: GraphtapError | null = null;

  function isOurs(): boolean {
    try {
      renameSync(current, next);
    } catch (error) {
      if (!GONE.includes(failureCode(error))) throw stateFailure("write", own, error);
      // The answer of a file server may have been lost, and the second try finds that it is done.
      if (lstatSync(next, { throwIfNoEntry: false }) === undefined) return false;
    }
    [current, next] = [next, current];
    return true;
  }

  function check(): void {
    if (lost === null && isOurs()) return;
    throw lost ??= lose();
  }

  /** What failed may have failed because the folder is lost, which says more. */
  function orLost(work: () => void): void {
    try {
      work();
    } catch (error) {
      check();
      throw error;
    }
  }

  function during(write: () => void): void {
    check();
    orLost(write);
    check();
  }

  function replaceOwn(path: string, content: string | Uint8Array, ownedAs?: string): void {
    if (lost !== null) throw lost;
    try {
      orLost(() => replaceFileBy(join(own, UNFINISHED), path, content, ownedAs));
    } catch (error) {
      // A part of the folder is a volume of its own.
      if (!(error instanceof GraphtapError) || failureCode(error.cause) !== "EXDEV") throw error;
      during(() => replaceFile(path, content, ownedAs));
    }
  }

  return {
    followsLiving,
    check,
    during,
    replaceFile: replaceOwn,
    renew(path) {
      const content = readFileIfAny(path);
      if (content !== null) replaceOwn(path, content, path);
    },
    release() {
      const wasOurs = lost === null && isOurs();
      if (wasOurs) removeHolder(own);
      return wasOurs;
    },
  };
}

/** What is answered where a file, or the folder that it was in, is no more. */
const GONE = ["ENOENT", "ESTALE"];

/** Deletes the folder of a holder, whatever it puts into it meanwhile. @throws `state-unusable` */
function removeHolder(path: string): void {
  for (let tries = 1;; tries++) {
    for (const { name } of listFolder(path)) removeFile(join(path, name));
    try {
      return rmdirSync(path);
    } catch (error) {
      const code = failureCode(error);
      if (GONE.includes(code)) return;
      if (code !== "ENOTEMPTY" && code !== "EEXIST" || tries === MOST_TRIES) {
        throw stateFailure("delete", path, error);
      }
    }
  }
}
