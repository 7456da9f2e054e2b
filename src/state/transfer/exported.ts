/**
 * A stream as lines of text, which go through any pipe, and may stand behind those of other streams:
 *
 * ```text
 * {"export":1,"checkpoint":…,"gaps":…,"lost":…,"inventory":…}   all but its keys, as on the disk
 * {"seen":"2026-11-22T00:00:00.000Z","keys":"…"}                a segment of its seen set in base64, of the day that it is of;
 *                                                               in several lines, of which all but the last have "more":true
 * {"digest":"…"}                                                SHA-256 of these lines with their line feeds
 * {"export":1,"streams":2}                                      the end of the export: so many streams
 * ```
 * An export without its end was cut, and is not used. Version 0.1 wrote the first line only, without `export`.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileIfAny } from "../../files/durable.ts";
import { checkpointOf } from "../checkpoint.ts";
import { gapEntry } from "../gapLedger.ts";
import { inventoryEntry } from "../inventory.ts";
import { lostEntry } from "../lostLedger.ts";
import { readSegmentIfAny } from "../seen/files.ts";
import { segmentBuffer } from "../seen/segment.ts";
import { listSegments, type SegmentName } from "../seen/segmentNames.ts";
import type { StreamAddress } from "../streamFolders.ts";
import type { StreamState } from "../streamState.ts";

/** The version of the form; older ones are read, newer ones refused. */
export const EXPORT_VERSION = 1;

/** Bytes of keys in a line. */
const LINE_BYTES = 768 * 1024;
/** Segments may be replaced or dropped while a set is read, though not over and over. */
const MOST_TRIES = 10;

/**
 * The lines of a stream, each with its line feed; `null` where it has no position. Beside the process that reads the
 * stream they are those of one moment: the position is looked up first, what was delivered since is in the keys, and
 * where keys that it needs may have been dropped since, all is looked up again.
 *
 * @param seenDir the folder of its seen set
 * @throws `state-unusable`
 */
export function exportedStream(
  state: StreamState,
  seenDir: string,
  address: StreamAddress,
): Iterable<string> | null {
  for (let tries = 1;; tries++) {
    const before = listSegments(seenDir).current;
    const first = firstLine(state, address);
    if (first === null) return null;
    const names = listSegments(seenDir).current;
    const memory = segmentBuffer(names);
    const read = names.map((segment) => wholeSegment(segment, memory));
    const isLost = read.includes(null) || before.some((one) => !names.some(({ path }) => path === one.path));
    if (!isLost || tries === MOST_TRIES) {
      return withDigest(linesOf(first, read.filter((segment) => segment !== null)));
    }
  }
}

/** All of it but its keys; `null` without a position. */
function firstLine(state: StreamState, address: StreamAddress): object | null {
  const position = state.loadPosition();
  if (position === null) return null;
  const [gaps, lost, inventory] = [state.gaps().list(), state.lost().list(), state.inventory().load()];
  return {
    export: EXPORT_VERSION,
    checkpoint: checkpointOf(position, address),
    gaps: gaps.map(gapEntry),
    ...(lost.length === 0 ? {} : { lost: lost.map(lostEntry) }),
    ...(inventory === null ? {} : { inventory: inventoryEntry(inventory) }),
  };
}

/** The last line of an export. */
export function exportEnd(streams: number): string {
  return `${JSON.stringify({ export: EXPORT_VERSION, streams })}\n`;
}

interface Segment {
  readonly periodMs: number;
  readonly bytes: Uint8Array;
}

function* linesOf(first: object, segments: readonly Segment[]): Iterable<string> {
  yield `${JSON.stringify(first)}\n`;
  for (const { periodMs, bytes } of segments) {
    const seen = new Date(periodMs).toISOString();
    for (let at = 0; at < bytes.length; at += LINE_BYTES) {
      const keys = Buffer.from(bytes.subarray(at, at + LINE_BYTES)).toString("base64");
      const more = at + LINE_BYTES < bytes.length;
      yield `${JSON.stringify({ seen, keys, ...(more && { more }) })}\n`;
    }
  }
}

function* withDigest(lines: Iterable<string>): Iterable<string> {
  const digest = createHash("sha256");
  for (const line of lines) {
    digest.update(line);
    yield line;
  }
  yield `${JSON.stringify({ digest: digest.digest("hex") })}\n`;
}

/** A segment up to its damage; `null` when it is gone. */
function wholeSegment({ path, periodMs }: SegmentName, memory: ArrayBuffer): Segment | null {
  // What its process appends meanwhile is no part of it: the last of that need not be whole.
  const content = readSegmentIfAny(path, memory, () => {});
  const bytes = content && readFileIfAny(path);
  return bytes && { periodMs, bytes: bytes.subarray(0, content.soundBytes) };
}
