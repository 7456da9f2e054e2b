import { join } from "node:path";
import type { GraphtapError } from "../errors.ts";
import { makeFolder } from "../files/durable.ts";
import { acquireLock, type FolderLock, type LockOptions } from "../files/folderLock.ts";
import { noFence, noHold } from "../files/hold.ts";
import type { FileLocker } from "../files/lock.ts";
import { type Elsewhere, openElsewhere } from "./elsewhere.ts";
import type { Position } from "./position.ts";
import { copySegments, renewLastSegment } from "./seen/copy.ts";
import { createTables } from "./seen/table.ts";
import {
  listStreams,
  makeStreamFolder,
  removeLeftovers,
  SEEN_FOLDER,
  type StreamAddress,
  streamFolder,
} from "./streamFolders.ts";
import { openStream, type StreamState } from "./streamState.ts";
import { noteTakenOver, tookOver } from "./takenOver.ts";
import { exportedStream } from "./transfer/exported.ts";
import { originOf, type StagedStream, stageStream } from "./transfer/staged.ts";

export type { StreamAddress } from "./streamFolders.ts";
export type { StreamState } from "./streamState.ts";

/** The state folder of a run. */
export interface State {
  /** The state of a stream; the same object at every call. */
  stream(address: StreamAddress): StreamState;
  /** Closes what is open of a stream that nobody reads any more. All that is durable of it stays. */
  release(address: StreamAddress): void;
  /** The streams found on the disk. @throws `state-unusable` */
  list(): StreamAddress[];
  /**
   * Makes a stream without a position go on for others: it has the keys of all of them, then this position. Once only,
   * also if it is reset. The others stay as they are.
   *
   * @throws `state-unusable`
   */
  takeOver(address: StreamAddress, others: readonly StreamAddress[], position: Position): void;
  /** Whether it did that before. @throws `state-unusable` */
  tookOver(address: StreamAddress): boolean;
  /** Begins a stream that comes from another folder; nothing of it is in its place before it is told to be. @throws `state-unusable` */
  stage(address: StreamAddress): StagedStream;
  /** The export that a stream came from; `null` when it began here. @throws `state-unusable` */
  originOf(address: StreamAddress): string | null;
  /** The lines of a stream, for another folder; `null` without a position. @throws `state-unusable` */
  exported(address: StreamAddress): Iterable<string> | null;
  /** The streams that wait, for their position is in another folder. */
  readonly elsewhere: Elsewhere;
  /** Lets only the process that has the folder write, here and elsewhere. */
  readonly hold: typeof noHold;
  /** Where the process before may still run, puts a copy in the place of a file that it may append to. @throws `state-*` */
  renew(path: string): void;
  /** Closes all seen sets and lets the next process in. */
  close(): void;
}

export interface StateOptions {
  /** The lock of the folder, where it was taken before; the state gives it back. @default it is taken now */
  readonly lock?: FolderLock;
  /** How this host locks a file. */
  readonly locker: FileLocker;
  /** This process, to be named to whoever finds the folder in use. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was found. */
  readonly report: (note: string) => void;
  /** Told when another process took the folder from this one, which had stood still for long: no more may be written. */
  readonly onLost?: (failure: GraphtapError) => void;
  /** See {@linkcode LockOptions.seesLife}. */
  readonly seesLife?: LockOptions["seesLife"];
  /** Look only, beside a process that may be running: no lock, and every change is refused. @default false */
  readonly readOnly?: boolean;
}

/**
 * Opens a state folder, creating it unless `readOnly`, for this process alone. Whatever else is in it, such as the
 * files of the collector that graphtap replaces, is left alone.
 *
 * @throws `state-in-use` when another process has it; `state-unusable`
 */
export function openState(dir: string, options: StateOptions): State {
  const { readOnly = false } = options;
  const lock = readOnly ? null : options.lock ?? takeFolder(dir, options);
  const fence = lock ?? noFence;
  const streams = new Map<string, { state: StreamState; close(): void }>();
  if (lock !== null) putInOrder(dir, lock);
  const elsewhere = openElsewhere(dir, { ...options, readOnly });
  const shared = { now: options.now, report: options.report, readOnly, fence, tables: createTables() };
  function stateOf(address: StreamAddress): StreamState {
    const key = streamFolder(dir, address);
    let stream = streams.get(key);
    if (stream === undefined) {
      streams.set(key, stream = openStream(dir, address, shared, () => elsewhere.has(address)));
    }
    return stream.state;
  }
  function release(address: StreamAddress): void {
    const key = streamFolder(dir, address);
    streams.get(key)?.close();
    streams.delete(key);
  }
  return {
    stream: stateOf,
    release,
    list: () => listStreams(dir),
    takeOver(address, others, position) {
      const seenOf = (one: StreamAddress) => join(streamFolder(dir, one), SEEN_FOLDER);
      fence.check();
      makeStreamFolder(dir, address);
      copySegments(others.map(seenOf), seenOf(address));
      stateOf(address).commitInFile(position);
      noteTakenOver(dir, address);
    },
    tookOver: (address) => tookOver(dir, address),
    stage(address) {
      const staged = stageStream(dir, address, options.now);
      return {
        ...staged,
        place() {
          release(address);
          fence.during(() => staged.place());
          noteTakenOver(dir, address);
          elsewhere.remove([address]);
        },
      };
    },
    originOf: (address) => originOf(dir, address),
    exported: (address) =>
      exportedStream(stateOf(address), join(streamFolder(dir, address), SEEN_FOLDER), address),
    elsewhere,
    hold: lock ?? noHold,
    renew: (path) => lock?.followsLiving && lock.renew(path),
    close() {
      try {
        for (const stream of streams.values()) stream.close();
      } finally {
        streams.clear();
        lock?.release();
      }
    },
  };
}

/** Makes the folder, and takes it for this process. @throws `state-in-use`, `state-unusable` */
export function takeFolder(dir: string, options: Omit<StateOptions, "lock" | "readOnly">): FolderLock {
  makeFolder(dir);
  return acquireLock(dir, options.locker, options);
}

/** Ends what a killed process began. @throws `state-*`; the lock is given back then */
function putInOrder(dir: string, lock: FolderLock): void {
  try {
    removeLeftovers(dir);
    if (lock.followsLiving) renewOpenFiles(dir, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Lets nothing count that the process before, which may still run, appends from now on to what it has open. */
function renewOpenFiles(dir: string, lock: FolderLock): void {
  for (const address of listStreams(dir)) {
    renewLastSegment(join(streamFolder(dir, address), SEEN_FOLDER), lock);
  }
}
