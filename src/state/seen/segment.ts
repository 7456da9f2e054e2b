/**
 * A segment: an append-only file of frames (`frames.ts`), cut at its first damage when it is read.
 *
 * ```text
 * header  8 bytes "GTAPSEEN" · u32 version · u32 0
 * frames
 * ```
 * Version 1 has frames of keys only. It is read, and never appended to: whoever knows no other would take a position
 * for damage.
 */
import { closeSync, fstatSync, readSync } from "node:fs";
import { Buffer } from "node:buffer";
import { GraphtapError } from "../../errors.ts";
import { attempt } from "../../files/failure.ts";
import { openFile } from "../../files/durable.ts";
import {
  FRAME_BYTES,
  frameBytes,
  holdsPosition,
  isWhole,
  MOST_POSITION_BYTES,
  positionIn,
} from "./frames.ts";
import { KEY_BYTES } from "./keys.ts";
import { type SegmentName, segmentSize } from "./segmentNames.ts";

/** The version of the segments that are written; older ones are read, newer ones refused. */
export const SEGMENT_VERSION = 2;

const MAGIC = "GTAPSEEN";
const HEADER_BYTES = 16;

// Longer reads are not faster.
const BUFFER_BYTES = 4 * 1024 * 1024;

/** The first bytes of every segment. */
export function segmentHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(SEGMENT_VERSION, 8);
  return header;
}

/** What reading a segment found. */
export interface SegmentContent {
  /** Keys in whole frames. */
  readonly keys: number;
  /** From when the last of them counts, in milliseconds since the epoch, to the second above; 0 when there are none. */
  readonly newestMs: number;
  /** Bytes up to the end of the last whole frame; 0 when even the header is not whole. */
  readonly soundBytes: number;
  /** Bytes of the file; what is beyond `soundBytes` is damaged. */
  readonly fileBytes: number;
  /** False when the file is something else. */
  readonly ours: boolean;
  /** Of the format; that of a new segment when not even the header is whole. */
  readonly version: number;
  /** The last whole position: where its frame begins, and its text; `null` when there is none. */
  readonly position: { readonly bytes: number; readonly text: string } | null;
}

/** Memory to read these segments through, one after the other. @throws `state-unusable` */
export function segmentBuffer(segments: readonly SegmentName[]): ArrayBuffer {
  const largest = Math.max(0, ...segments.map(({ path }) => segmentSize(path)));
  // One that grows meanwhile may get a frame as long as any. Keys are read as words, whatever length damage has left.
  const enough = Math.ceil(largest / KEY_BYTES) * KEY_BYTES + FRAME_BYTES + MOST_POSITION_BYTES;
  return new ArrayBuffer(Math.min(enough, BUFFER_BYTES));
}

/**
 * Reads a segment and hands over its keys, frame by frame, each as words `from` to before `to` of an array that is
 * valid only during the call. Stops at the first frame that is not whole or fails its checksum.
 *
 * @throws `state-unusable` when it cannot be read, or was written by a newer version
 */
export function readSegment(
  path: string,
  memory: ArrayBuffer,
  onKeys: (words: Int32Array, from: number, to: number) => void,
): SegmentContent {
  const fd = openFile(path, "read");
  try {
    return attempt("read", path, () => scan(fd, path, memory, onKeys));
  } finally {
    closeSync(fd);
  }
}

function scan(
  fd: number,
  path: string,
  memory: ArrayBuffer,
  onKeys: (words: Int32Array, from: number, to: number) => void,
): SegmentContent {
  const bytes = Buffer.from(memory);
  const words = new Int32Array(memory);
  const fileBytes = fstatSync(fd).size;
  let keys = 0;
  let newestSeconds = 0;
  let position: SegmentContent["position"] = null;
  // The buffer holds the file from `offset` to before `offset + held`.
  let offset = 0;
  let held = fill(fd, bytes, 0, 0);
  const headed = checkHeader(bytes.subarray(0, held), path);
  const version = typeof headed === "number" ? headed : SEGMENT_VERSION;
  let at = typeof headed === "number" ? HEADER_BYTES : 0;
  while (typeof headed === "number") {
    if (held - at < FRAME_BYTES || held - at < frameBytes(bytes, at)) {
      bytes.copyWithin(0, at, held);
      offset += at;
      held = fill(fd, bytes, held - at, offset);
      at = 0;
      if (held < FRAME_BYTES || held < frameBytes(bytes, 0)) break;
    }
    const end = at + frameBytes(bytes, at);
    if (!isWhole(bytes, at, end)) break;
    if (holdsPosition(bytes, at)) {
      position = { bytes: offset + at, text: positionIn(bytes, at) };
    } else {
      onKeys(words, (at + FRAME_BYTES) / 4, end / 4);
      keys += bytes.readUInt32LE(at + 8);
      newestSeconds = Math.max(newestSeconds, bytes.readUInt32LE(at + 12));
    }
    at = end;
  }
  return {
    keys,
    newestMs: newestSeconds * 1000,
    soundBytes: offset + at,
    fileBytes,
    ours: headed !== "foreign",
    version,
    position,
  };
}

/** Fills the buffer behind the `held` bytes it has of the file from `offset` on; how many it holds then. */
function fill(fd: number, bytes: Buffer, held: number, offset: number): number {
  let end = held;
  while (end < bytes.length) {
    const count = readSync(fd, bytes, end, bytes.length - end, offset + end);
    if (count === 0) break;
    end += count;
  }
  return end;
}

/** The version in a whole header. */
function checkHeader(start: Buffer, path: string): number | "torn" | "foreign" {
  const expected = segmentHeader();
  const compared = Math.min(start.length, 8);
  // After a power failure the blocks of a file may be zeros.
  if (start.subarray(0, HEADER_BYTES).every((byte) => byte === 0)) return "torn";
  if (!start.subarray(0, compared).equals(expected.subarray(0, compared))) return "foreign";
  if (start.length < HEADER_BYTES) return "torn";
  const version = start.readUInt32LE(8);
  if (version === 0) return "foreign";
  if (version <= SEGMENT_VERSION) return version;
  throw new GraphtapError(
    "state-unusable",
    `Cannot read "${path}": its format is version ${version}, written by a newer graphtap; this one knows ${SEGMENT_VERSION}: update graphtap, or choose another folder with --state`,
  );
}
