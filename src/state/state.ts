import { dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import type { Checkpoint, StreamAddress } from "./checkpoint.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpointFile.ts";
import { isFolder, makeFolder } from "./files.ts";
import { type GapLedger, openGapLedger } from "./gaps.ts";
import { acquireLock, type FileLocker } from "./lock.ts";
import { openSeenSet, type SeenSet } from "./seen.ts";
import {
  CHECKPOINT_FILE,
  listStreams,
  makeStreamFolder,
  removeLeftovers,
  removeStreamFolder,
  SEEN_FOLDER,
  streamFolder,
} from "./streamFolders.ts";

export type { StreamAddress } from "./checkpoint.ts";

/** What is durable of one stream. */
export interface StreamState {
  readonly dir: string;
  /** The position; `null` when the stream begins. @throws `state-unusable` */
  loadCheckpoint(): Checkpoint | null;
  /** Makes the position durable. @throws `state-unusable` */
  saveCheckpoint(checkpoint: Checkpoint): void;
  /** The keys of the delivered records; the same set at every call. */
  seen(): SeenSet;
  /** The ranges that could not be read. */
  gaps(): GapLedger;
  /**
   * Deletes position and seen set, durably and together. A set taken from {@linkcode StreamState.seen} before is closed.
   *
   * @throws `state-unusable`
   */
  reset(): void;
}

/** The state folder of a run. */
export interface State {
  /** The state of a stream; the same object at every call. */
  stream(address: StreamAddress): StreamState;
  /** The streams found on the disk. @throws `state-unusable` */
  list(): StreamAddress[];
  /** Closes all seen sets and lets the next process in. */
  close(): void;
}

export interface StateOptions {
  /** How this host locks a file. */
  readonly locker: FileLocker;
  /** This process, to be named to whoever finds the folder in use. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was found. */
  readonly report: (note: string) => void;
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
  if (!readOnly) makeFolder(dir);
  const lock = readOnly ? null : acquireLock(dir, options.locker, options);
  const streams = new Map<string, { state: StreamState; close(): void }>();
  if (lock !== null) {
    try {
      removeLeftovers(dir);
    } catch (error) {
      lock.release();
      throw error;
    }
  }
  return {
    stream(address) {
      const key = streamFolder(dir, address);
      let stream = streams.get(key);
      if (stream === undefined) streams.set(key, stream = openStream(dir, address, { ...options, readOnly }));
      return stream.state;
    },
    list: () => listStreams(dir),
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

function openStream(
  root: string,
  address: StreamAddress,
  options: StateOptions & { readOnly: boolean },
): { state: StreamState; close(): void } {
  const { now, report, readOnly } = options;
  const dir = streamFolder(root, address);
  const file = join(dir, CHECKPOINT_FILE);
  // No link may lead out of the state folder, whatever is read or written first.
  if (isFolder(dirname(dir))) isFolder(dir);
  let seen: SeenSet | undefined;
  let made = false;

  function make(): void {
    if (readOnly) throw new GraphtapError("bug", `The state of "${dir}" is open for reading only`);
    if (!made) makeStreamFolder(root, address);
    made = true;
  }

  const state: StreamState = {
    dir,
    loadCheckpoint: () => loadCheckpoint(file, address, { now, report, readOnly }),
    saveCheckpoint(checkpoint) {
      make();
      saveCheckpoint(file, checkpoint, address);
    },
    seen() {
      if (seen !== undefined) return seen;
      if (!readOnly) make();
      isFolder(join(dir, SEEN_FOLDER));
      return seen = openSeenSet(join(dir, SEEN_FOLDER), { now, onRepair: report, readOnly });
    },
    gaps() {
      const ledger = openGapLedger(dir, { now, report, readOnly });
      return {
        list: ledger.list,
        save(gaps) {
          make();
          ledger.save(gaps);
        },
      };
    },
    reset() {
      make();
      seen?.close();
      seen = undefined;
      made = false;
      removeStreamFolder(dir);
    },
  };
  return { state, close: () => seen?.close() };
}
