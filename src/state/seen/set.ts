import { Buffer } from "node:buffer";
import { GraphtapError } from "../../errors.ts";
import { makeFolder, removeFile, replaceFile, syncFolder } from "../../files/durable.ts";
import { createKeyList } from "./keys.ts";
import { KEY_BYTES } from "./keys.ts";
import { encodeCommit } from "./frames.ts";
import type { SeenLog, SeenSetOptions } from "./seen.ts";
import { countSeen, type LoadedSegment, loadSeen, readPosition, type SeenContents } from "./files.ts";
import { endOfFiles, isBefore } from "./place.ts";
import { SEGMENT_VERSION, segmentHeader } from "./segment.ts";
import { listSegments, segmentName } from "./segmentNames.ts";
import { openSegmentWriter, type SegmentWriter } from "./segmentWriter.ts";
import { createTable, KEY_WORDS } from "./table.ts";

// Stands in for a key of zeros, which is how the table marks a free slot.
const NOT_ZERO = 0x5eed5eed;

/** Opens the seen set in the folder `dir`, which need not exist. Nothing is read before the first use. */
export function openSeenSet(dir: string, options: SeenSetOptions): SeenLog {
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
    // One by one costs less than a call.
    for (let i = 0; i < KEY_BYTES; i++) bytes[i] = key[i]!;
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
    if (segment?.periodMs !== periodMs || segment.version !== SEGMENT_VERSION) {
      const name = segmentName(dir, from.nextNumber++, periodMs, false);
      segment = { ...name, newestMs: 0, soundBytes: 0, version: SEGMENT_VERSION };
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
    get loaded() {
      return contents !== undefined;
    },
    commit(position) {
      if (pending.count === 0) return;
      const from = changeable();
      const { segment, to } = currentWriter(from);
      const addedMs = now();
      const place = { segment: segment.number, bytes: segment.soundBytes };
      segment.soundBytes = to.append(encodeCommit(pending.bytes(), addedMs, position));
      segment.newestMs = Math.max(segment.newestMs, wholeSecond(addedMs));
      if (!from.segments.includes(segment)) from.segments.push(segment);
      if (position !== undefined) from.position = { ...place, text: position };
      pending.clear();
    },
    end() {
      const last = contents?.segments.at(-1);
      return last === undefined ? endOfFiles(dir) : { segment: last.number, bytes: last.soundBytes };
    },
    positionSince(place) {
      refuse(closed, "is closed");
      if (!isBefore(place, endOfFiles(dir))) return null;
      const position = readOnly ? readPosition(dir) : loaded().position;
      return position === null || isBefore(position, place) ? null : position.text;
    },
    rollback,
    expire(beforeMs) {
      refuse(readOnly, "is open for reading only");
      refuse(closed, "is closed");
      // Names alone usually tell that there is nothing to do, before anything is read.
      if (!listSegments(dir).current.slice(0, -1).some((segment) => segment.periodMs < beforeMs)) return;
      const old = loaded().segments.slice(0, -1).filter((segment) => segment.newestMs < beforeMs);
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
      const content = Buffer.concat([segmentHeader(), encodeCommit(list.bytes(), now())]);
      const segment = segmentName(dir, before.nextNumber, currentPeriod(), true);
      // If this fails half way, what the disk says is what counts.
      contents = undefined;
      replaceFile(segment.path, content);
      const loadedSegment = {
        ...segment,
        newestMs: wholeSecond(now()),
        soundBytes: content.length,
        version: SEGMENT_VERSION,
      };
      contents = { table, segments: [loadedSegment], nextNumber: segment.number + 1, position: null };
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
