import { dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { loadCheckpoint, positionIn, positionText, saveCheckpoint } from "./checkpointFile.ts";
import { isFolder } from "../files/durable.ts";
import type { Fence } from "../files/hold.ts";
import { MOST_POSITION_BYTES } from "./seen/frames.ts";
import { type GapLedger, openGapLedger } from "./gapLedger.ts";
import { type InventoryFile, openInventory } from "./inventory.ts";
import { type LostLedger, openLostLedger } from "./lostLedger.ts";
import { type Job, type Position, withJob } from "./position.ts";
import { openSeenSet, type SeenLog, type SeenSet } from "./seen/set.ts";
import type { KeyTables } from "./seen/table.ts";
import {
  CHECKPOINT_FILE,
  makeStreamFolder,
  removeStreamFolder,
  SEEN_FOLDER,
  type StreamAddress,
  streamFolder,
} from "./streamFolders.ts";

/** What is durable of one stream. */
export interface StreamState {
  readonly dir: string;
  /** The position; `null` when the stream begins. @throws `state-unusable` */
  loadPosition(): Position | null;
  /**
   * Of a stream without a position, whether it had one: its folder is there, with a damaged checkpoint or without any.
   *
   * @throws `state-unusable`
   */
  hasLostPosition(): boolean;
  /** Whether it waits for a position that is in another folder, or was moved there from this one. @throws `state-unusable` */
  isElsewhere(): boolean;
  /**
   * Makes the position durable from which a stream begins, before anything is read: whatever happens to the first
   * read, the next goes on from there. Nothing holds it back, as nothing was delivered.
   *
   * @throws `state-unusable`
   */
  begin(position: Position): void;
  /**
   * Makes the keys added to the seen set and the position durable together, as after every page: by one write and
   * one sync, see {@linkcode openStream}. Without new keys the position may stay in memory: polls that bring nothing
   * must not add up on the disk.
   *
   * @returns whether the position is durable
   * @throws `state-unusable`
   */
  commit(position: Position): boolean;
  /**
   * The same with the position in a file of its own, which people read: as when a poll ends, and before any keys are
   * dropped.
   *
   * @throws `state-unusable`
   */
  commitInFile(position: Position): void;
  /**
   * Makes a job durable, beside the position that is durable already, whatever waits to be committed. Nothing holds it
   * back: what Graph was asked for hangs on no delivery.
   *
   * @throws `state-unusable`
   */
  noteJob(job: Job): void;
  /** The keys of the delivered records; the same set at every call. */
  seen(): SeenSet;
  /** The ranges that could not be read. */
  gaps(): GapLedger;
  /** The ranges that nobody can read any more. Of these alone is note taken beside another process. */
  lost(): LostLedger;
  /** What a collection that is read whole held. */
  inventory(): InventoryFile;
  /**
   * Deletes position and seen set, durably and together. A set taken from {@linkcode StreamState.seen} before is closed.
   *
   * @throws `state-unusable`
   */
  reset(): void;
}

/** The same for all streams of a folder. */
export interface StreamStateOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was found. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
  /** Lets only the process that has the state folder write. */
  readonly fence: Fence;
  readonly tables: KeyTables;
}

/** The folder of a stream, and the seen set in it; both come to be when they are needed. */
interface StreamFolder {
  /** @throws `bug` when the state is open for reading only */
  make(): void;
  seen(): SeenLog;
  close(): void;
  /** Deletes it, and what is known of it. */
  remove(): void;
}

function openFolder(
  root: string,
  address: StreamAddress,
  dir: string,
  { now, report, readOnly, fence, tables }: StreamStateOptions,
): StreamFolder {
  let seen: SeenLog | undefined;
  let made = false;
  function make(): void {
    if (readOnly) throw new GraphtapError("bug", `The state of "${dir}" is open for reading only`);
    if (!made) makeStreamFolder(root, address);
    made = true;
  }
  return {
    make,
    seen() {
      if (seen !== undefined) return seen;
      if (!readOnly) make();
      isFolder(join(dir, SEEN_FOLDER));
      return seen = openSeenSet(join(dir, SEEN_FOLDER), { now, onRepair: report, readOnly, fence, tables });
    },
    close: () => seen?.close(),
    remove() {
      make();
      fence.check();
      seen?.close();
      seen = undefined;
      made = false;
      removeStreamFolder(dir);
    },
  };
}

/** The same file, whose folder is made before it is written. */
function makingFirst<Content, File extends { save(content: Content): void }>(
  folder: StreamFolder,
  file: File,
): File {
  return {
    ...file,
    save(content: Content) {
      folder.make();
      file.save(content);
    },
  };
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
  isElsewhere: StreamState["isElsewhere"],
): { state: StreamState; close(): void } {
  const dir = streamFolder(root, address);
  const file = join(dir, CHECKPOINT_FILE);
  // No link may lead out of the state folder, whatever is read or written first.
  if (isFolder(dirname(dir))) isFolder(dir);
  const folder = openFolder(root, address, dir, options);
  // Whether there is a file that says how far the seen set had come: without it no position in the set counts.
  let anchored = false;

  function save(position: Position): void {
    folder.make();
    saveCheckpoint(file, position, address, folder.seen().end(), options.fence);
    anchored = true;
  }

  function commitInFile(position: Position): void {
    folder.make();
    folder.seen().commit();
    save(position);
  }

  const state: StreamState = {
    dir,
    loadPosition() {
      options.fence.check();
      const found = loadCheckpoint(file, address, options);
      anchored = found?.seenTo !== undefined;
      if (found?.seenTo === undefined) return found?.position ?? null;
      const text = folder.seen().positionSince(found.seenTo);
      const newer = text === null ? null : positionIn(text, address);
      if (newer === null) return found.position;
      // A poll did not come to its end. From here on all is as if it had.
      if (!options.readOnly) save(newer);
      return newer;
    },
    hasLostPosition: () => isFolder(dir),
    isElsewhere,
    begin: commitInFile,
    commit(position) {
      folder.make();
      const text = positionText(position, address);
      const seen = folder.seen();
      // Before any key was looked for, reading them all would cost more than the file.
      if (anchored && seen.isLoaded() && text.length * 3 <= MOST_POSITION_BYTES) return seen.commit(text);
      commitInFile(position);
      return true;
    },
    commitInFile,
    noteJob(job) {
      const durable = state.loadPosition();
      if (durable !== null) save({ ...durable, jobs: withJob(durable.jobs, job) });
    },
    seen: () => folder.seen(),
    gaps: () => makingFirst(folder, openGapLedger(dir, options)),
    lost: () => makingFirst(folder, openLostLedger(dir, options)),
    inventory: () => makingFirst(folder, openInventory(dir, options)),
    reset() {
      anchored = false;
      folder.remove();
    },
  };
  return { state, close: () => folder.close() };
}
