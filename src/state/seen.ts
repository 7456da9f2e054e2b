import { Buffer } from "node:buffer";
import { GraphtapError } from "../errors.ts";
import { makeFolder, removeFile, replaceFile, syncFolder } from "./files.ts";
import { createKeyList } from "./keyList.ts";
import { KEY_BYTES } from "./key.ts";
import { countSeen, type LoadedSegment, loadSeen, type SeenContents } from "./seenFiles.ts";
import { encodeFrames, segmentHeader } from "./segment.ts";
import { listSegments, segmentName } from "./segments.ts";
import { openSegmentWriter, type SegmentWriter } from "./segmentWriter.ts";
import { createTable, KEY_WORDS } from "./table.ts";

/** The durable set of delivered record keys ({@linkcode recordKey}, 16 bytes each). One stream's, one process's. */
export interface SeenSet {
  /** Keys in the set, with those not yet committed. */
  readonly size: number;
  has(key: Uint8Array): boolean;
  /** False when it is there already. In memory at once; durable after {@linkcode SeenSet.commit}. */
  add(key: Uint8Array): boolean;
  /**
   * Makes all keys added since the last commit durable, together.
   *
   * @throws `state-unusable`; the keys stay added and not committed, so that it can be tried again
   */
  commit(): void;
  /** Forgets the keys added since the last commit: the sink did not accept their records. */
  rollback(): void;
  /**
   * Forgets keys by whole segments: those whose newest key was added before `beforeMs` (milliseconds since the epoch).
   *
   * @throws `state-unusable`
   */
  expire(beforeMs: number): void;
  /**
   * Makes the set exactly these keys, durably and at once: after a crash it is the old set or the new.
   * Keys not yet committed are in it only if they are among them. Costs nothing when the set is these keys already.
   *
   * @throws `state-unusable`
   */
  replaceWith(keys: Iterable<Uint8Array>): void;
  /** Ends the use of the set; keys not committed are forgotten. */
  close(): void;
}

export interface SeenSetOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was repaired while loading. */
  readonly onRepair: (note: string) => void;
  /** Length of the period that shares a segment, and so the grain of expiry. @default 86400 */
  readonly segmentSeconds?: number;
  /** Look only: a process may be writing. Every change is then refused. @default false */
  readonly readOnly?: boolean;
}

// Stands in for a key of zeros, which is how the table marks a free slot.
const NOT_ZERO = 0x5eed5eed;

/** Opens the seen set in the folder `dir`, which need not exist. Nothing is read before the first use. */
export function openSeenSet(dir: string, options: SeenSetOptions): SeenSet {
  const { now, readOnly = false } = options;
  const periodLengthMs = (options.segmentSeconds ?? 86_400) * 1000;
  const pending = createKeyList();
  const words = new Int32Array(KEY_WORDS);
  const bytes = new Uint8Array(words.buffer);
  let contents: SeenContents | undefined;
  let writer: { segment: LoadedSegment; to: SegmentWriter } | undefined;
  let closed = false;

  const currentPeriod = () => Math.floor(now() / periodLengthMs) * periodLengthMs;

  function loaded(): SeenContents {
    refuse(closed, "is closed");
    if (contents !== undefined) return contents;
    const { table } = contents = loadSeen(dir, { ...options, readOnly });
    eachPending(() => table.add(words, 0));
    return contents;
  }

  function changeable(): SeenContents {
    refuse(readOnly, "is open for reading only");
    return loaded();
  }

  /** Puts a key where the table reads it. */
  function hold(key: Uint8Array): void {
    refuse(key.length !== KEY_BYTES, `takes keys of ${KEY_BYTES} bytes, not ${key.length}`);
    bytes.set(key);
    if ((words[0]! | words[1]! | words[2]! | words[3]!) === 0) words.fill(NOT_ZERO);
  }

  function eachPending(use: () => void): void {
    const keys = pending.bytes();
    for (let at = 0; at < keys.length; at += KEY_BYTES) {
      bytes.set(keys.subarray(at, at + KEY_BYTES));
      use();
    }
  }

  function closeWriter(): void {
    const open = writer;
    writer = undefined;
    open?.to.close();
  }

  /** The open end of the last segment if that is of the current period, or else of a new one. */
  function currentWriter(from: SeenContents): { segment: LoadedSegment; to: SegmentWriter } {
    const periodMs = currentPeriod();
    if (writer?.segment.periodMs === periodMs) return writer;
    closeWriter();
    makeFolder(dir);
    let segment = from.segments.at(-1);
    if (segment?.periodMs !== periodMs) {
      segment = { ...segmentName(dir, from.nextNumber++, periodMs, false), newestMs: 0, soundBytes: 0 };
    }
    return writer = { segment, to: openSegmentWriter(segment.path, segment.soundBytes) };
  }

  function rollback(): void {
    if (pending.count === 0) return;
    const { table } = changeable();
    eachPending(() => table.remove(words, 0));
    pending.clear();
  }

  return {
    get size() {
      refuse(closed, "is closed");
      return readOnly && contents === undefined ? countSeen(dir) : loaded().table.size;
    },
    has(key) {
      const { table } = loaded();
      hold(key);
      return table.has(words, 0);
    },
    add(key) {
      const { table } = changeable();
      hold(key);
      if (!table.add(words, 0)) return false;
      pending.append(bytes);
      return true;
    },
    commit() {
      if (pending.count === 0) return;
      const from = changeable();
      const { segment, to } = currentWriter(from);
      const addedMs = now();
      segment.soundBytes = to.append(encodeFrames(pending.bytes(), addedMs));
      segment.newestMs = Math.max(segment.newestMs, wholeSecond(addedMs));
      if (!from.segments.includes(segment)) from.segments.push(segment);
      pending.clear();
    },
    rollback,
    expire(beforeMs) {
      refuse(readOnly, "is open for reading only");
      refuse(closed, "is closed");
      // Names alone usually tell that there is nothing to do, before anything is read.
      if (!listSegments(dir).current.some((segment) => segment.periodMs < beforeMs)) return;
      const old = loaded().segments.filter((segment) => segment.newestMs < beforeMs);
      if (old.length === 0) return;
      closeWriter();
      contents = undefined;
      for (const segment of old) removeFile(segment.path);
      syncFolder(dir);
    },
    replaceWith(keys) {
      const before = changeable();
      rollback();
      const table = createTable();
      const list = createKeyList();
      let same = true;
      for (const key of keys) {
        hold(key);
        if (!table.add(words, 0)) continue;
        list.append(bytes);
        same &&= before.table.has(words, 0);
      }
      if (same && table.size === before.table.size) return;
      closeWriter();
      makeFolder(dir);
      const content = Buffer.concat([segmentHeader(), encodeFrames(list.bytes(), now())]);
      const segment = segmentName(dir, before.nextNumber, currentPeriod(), true);
      // If this fails half way, what the disk says is what counts.
      contents = undefined;
      replaceFile(segment.path, content);
      const loadedSegment = { ...segment, newestMs: wholeSecond(now()), soundBytes: content.length };
      contents = { table, segments: [loadedSegment], nextNumber: segment.number + 1 };
      for (const { path } of listSegments(dir).replaced) removeFile(path);
      syncFolder(dir);
    },
    close() {
      if (closed) return;
      closed = true;
      contents = undefined;
      closeWriter();
    },
  };
}

// A frame keeps its time to the second above, and so must we.
function wholeSecond(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

function refuse(when: boolean, why: string): void {
  if (when) throw new GraphtapError("bug", `The seen set ${why}`);
}
