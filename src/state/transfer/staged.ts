/**
 * A stream that comes from another folder: put together beside its place, and put there by one rename. Whoever is killed
 * meanwhile leaves all of it or nothing; what is not finished is deleted when the folder is opened next.
 */
import { join } from "node:path";
import { makeFolder, readFileIfAny, replaceFile } from "../../files/durable.ts";
import { noFence } from "../../files/hold.ts";
import { saveCheckpoint } from "../checkpointFile.ts";
import type { Gap } from "../gap.ts";
import { openGapLedger } from "../gapLedger.ts";
import { type Inventory, openInventory } from "../inventory.ts";
import type { Lost } from "../lost.ts";
import { openLostLedger } from "../lostLedger.ts";
import type { Position } from "../position.ts";
import { copySegments } from "../seen/copy.ts";
import { endOfFiles } from "../seen/place.ts";
import { segmentName } from "../seen/segmentNames.ts";
import {
  CHECKPOINT_FILE,
  makeComing,
  placeComing,
  removeComing,
  SEEN_FOLDER,
  type StreamAddress,
  streamFolder,
} from "../streamFolders.ts";

/** In the folder of a stream: the digest of the export that it came from. */
const ORIGIN_FILE = ".origin";

/** All of a stream but the keys of its records. */
export interface StreamContent {
  readonly position: Position;
  readonly gaps: readonly Gap[];
  readonly lost: readonly Lost[];
  /** `null` where it has none. */
  readonly inventory: Inventory | null;
}

/** A stream on its way into a state folder. */
export interface StagedStream {
  /**
   * Adds a segment of its seen set, of the period that began at `periodMs` (milliseconds since the epoch).
   *
   * @throws `state-unusable`
   */
  addSegment(periodMs: number, bytes: Uint8Array): void;
  /** Adds the keys of other streams of this folder, before any segment. @throws `state-unusable` */
  addKeysOf(others: readonly StreamAddress[]): void;
  /**
   * Makes all of it durable, still beside its place.
   *
   * @param origin tells this export from every other
   * @throws `state-unusable`
   */
  finish(content: StreamContent, origin: string): void;
  /** Puts it into its place, durably and at once; what was there is gone before. @throws `state-unusable` */
  place(): void;
  /** Deletes it. @throws `state-unusable` */
  discard(): void;
}

/** Begins a stream on its way to `address`. What another import left there half way is deleted. @throws `state-unusable` */
export function stageStream(root: string, address: StreamAddress, now: () => number): StagedStream {
  const folder = makeComing(root, address);
  const seen = join(folder, SEEN_FOLDER);
  let segments = 0;

  makeFolder(seen);
  return {
    addSegment(periodMs, bytes) {
      replaceFile(segmentName(seen, ++segments, periodMs, false).path, bytes);
    },
    addKeysOf(others) {
      copySegments(others.map((other) => join(streamFolder(root, other), SEEN_FOLDER)), seen);
    },
    finish({ position, gaps, lost, inventory }, origin) {
      // Nobody else writes beside the place: what counts is that this process still has the folder when it is put there.
      const options = { now, report: () => {}, readOnly: false, fence: noFence };
      if (gaps.length > 0) openGapLedger(folder, options).save(gaps);
      if (lost.length > 0) openLostLedger(folder, options).save(lost);
      if (inventory !== null) openInventory(folder, options).save(inventory);
      replaceFile(join(folder, ORIGIN_FILE), origin);
      // A page link is of the process that got it. Without it the window is read again, and its keys are here.
      const anew = { ...position, interruption: null };
      saveCheckpoint(join(folder, CHECKPOINT_FILE), anew, address, endOfFiles(seen), noFence);
    },
    place: () => placeComing(root, address),
    discard: () => removeComing(root, address),
  };
}

/** The export that a stream came from; `null` when it began here. @throws `state-unusable` */
export function originOf(root: string, address: StreamAddress): string | null {
  return readFileIfAny(join(streamFolder(root, address), ORIGIN_FILE))?.toString("utf8") ?? null;
}
