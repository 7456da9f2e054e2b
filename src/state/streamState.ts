import { dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import type { Checkpoint, StreamAddress } from "./checkpoint.ts";
import { checkpointIn, loadCheckpoint, positionOf, saveCheckpoint, wasSetAside } from "./checkpointFile.ts";
import { isFolder } from "../files/durable.ts";
import { MOST_POSITION_BYTES } from "./seen/frames.ts";
import { type GapLedger, openGapLedger } from "./gaps.ts";
import { openSeenSet, type SeenLog, type SeenSet } from "./seen/set.ts";
import {
  CHECKPOINT_FILE,
  makeStreamFolder,
  removeStreamFolder,
  SEEN_FOLDER,
  streamFolder,
} from "./streamFolders.ts";

/** What is durable of one stream. */
export interface StreamState {
  readonly dir: string;
  /** The position; `null` when the stream begins. @throws `state-unusable` */
  loadCheckpoint(): Checkpoint | null;
  /**
   * Of a stream without a position, whether it had one: its checkpoint was damaged, or there are keys.
   *
   * @throws `state-unusable`
   */
  hasLostPosition(): boolean;
  /**
   * Makes the keys added to the seen set and the position durable together, as after every page: by one write and
   * one sync, see {@linkcode openStream}.
   *
   * @throws `state-unusable`
   */
  commit(checkpoint: Checkpoint): void;
  /** Makes the position durable in a file of its own, as when a poll ends; its keys must be. @throws `state-unusable` */
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

export interface StreamStateOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was found. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
}

/**
 * Opens what is durable of a stream.
 *
 * The position is in two places. `checkpoint.json` is for people, and costs two syncs and a rename; it is written when
 * a poll ends. In between, each page's position is appended to the seen set behind the page's keys. The file says how
 * far the seen set had come when it was written (`seen_to`), and a position that was committed there or later is the
 * newer one: no clock decides, and no position counts that is older than the file, nor any when the file was deleted
 * or set aside. If the newer one is lost, because the disk lost it or damage is found before it, the older one is
 * used: then pages are read again, and nothing is delivered again, for their keys are in the set or were lost too.
 */
export function openStream(
  root: string,
  address: StreamAddress,
  options: StreamStateOptions,
): { state: StreamState; close(): void } {
  const { now, report, readOnly } = options;
  const dir = streamFolder(root, address);
  const file = join(dir, CHECKPOINT_FILE);
  // No link may lead out of the state folder, whatever is read or written first.
  if (isFolder(dirname(dir))) isFolder(dir);
  let seen: SeenLog | undefined;
  let made = false;
  // Whether there is a file that says how far the seen set had come: without it no position in the set counts.
  let anchored = false;

  function make(): void {
    if (readOnly) throw new GraphtapError("bug", `The state of "${dir}" is open for reading only`);
    if (!made) makeStreamFolder(root, address);
    made = true;
  }

  function log(): SeenLog {
    if (seen !== undefined) return seen;
    if (!readOnly) make();
    isFolder(join(dir, SEEN_FOLDER));
    return seen = openSeenSet(join(dir, SEEN_FOLDER), { now, onRepair: report, readOnly });
  }

  function save(checkpoint: Checkpoint): void {
    make();
    saveCheckpoint(file, checkpoint, address, log().end());
    anchored = true;
  }

  const state: StreamState = {
    dir,
    loadCheckpoint() {
      const found = loadCheckpoint(file, address, options);
      anchored = found?.seenTo !== undefined;
      if (found?.seenTo === undefined) return found?.checkpoint ?? null;
      const position = log().positionSince(found.seenTo);
      const newer = position === null ? null : checkpointIn(position, address);
      if (newer === null) return found.checkpoint;
      // A poll did not come to its end. From here on all is as if it had.
      if (!readOnly) save(newer);
      return newer;
    },
    hasLostPosition: () => log().size > 0 || wasSetAside(file),
    commit(checkpoint) {
      make();
      const position = positionOf(checkpoint, address);
      // Before any key was looked for, reading them all would cost more than the file.
      if (anchored && log().loaded && position.length * 3 <= MOST_POSITION_BYTES) {
        log().commit(position);
      } else {
        log().commit();
        save(checkpoint);
      }
    },
    saveCheckpoint: save,
    seen: log,
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
      made = anchored = false;
      removeStreamFolder(dir);
    },
  };
  return { state, close: () => seen?.close() };
}
