/**
 * A segment: an append-only file of record keys, cut at its first damage when it is read.
 *
 * ```text
 * header  8 bytes "GTAPSEEN" · u32 version · u32 0
 * frame   u32 mark · u32 CRC-32 of all that follows in the frame · u32 number of keys · u32 seconds when added
 *         16 bytes a key
 * ```
 * Numbers are little-endian. Every part is a multiple of 16 bytes, so that keys can be read as words where they lie.
 */
import { closeSync, fstatSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Buffer } from "node:buffer";
import { GraphtapError } from "../errors.ts";
import { attempt } from "./failure.ts";
import { openFile } from "./files.ts";
import { KEY_BYTES } from "./key.ts";

const MAGIC = "GTAPSEEN";
const VERSION = 1;
const HEADER_BYTES = 16;
const FRAME_MARK = 0x4d524647;
const FRAME_BYTES = 16;
/** Keys in one frame at most, so that a frame fits into the buffer it is read through. */
export const FRAME_KEYS = 65_536;

// Longer reads are not faster.
const BUFFER_BYTES = 4 * 1024 * 1024;

/** The first bytes of every segment. */
export function segmentHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(VERSION, 8);
  return header;
}

/** Keys as frames: one, or several when there are more than {@linkcode FRAME_KEYS}. */
export function encodeFrames(keys: Uint8Array, addedMs: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < keys.length; at += FRAME_KEYS * KEY_BYTES) {
    const part = keys.subarray(at, at + FRAME_KEYS * KEY_BYTES);
    const frame = Buffer.allocUnsafe(FRAME_BYTES + part.length);
    frame.writeUInt32LE(FRAME_MARK, 0);
    frame.writeUInt32LE(part.length / KEY_BYTES, 8);
    // Rounded up: a key must not seem older than it is, or it expires too early.
    frame.writeUInt32LE(Math.ceil(addedMs / 1000), 12);
    frame.set(part, FRAME_BYTES);
    frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
    frames.push(frame);
  }
  return Buffer.concat(frames);
}

/** What reading a segment found. */
export interface SegmentContent {
  /** Keys in whole frames. */
  readonly keys: number;
  /** When the last of them was added, in milliseconds since the epoch, to the second above; 0 when there are none. */
  readonly newestMs: number;
  /** Bytes up to the end of the last whole frame; 0 when even the header is not whole. */
  readonly soundBytes: number;
  /** Bytes of the file; what is beyond `soundBytes` is damaged. */
  readonly fileBytes: number;
  /** False when the file is something else. */
  readonly ours: boolean;
}

/** Memory to read segments through, used for one after the other. */
export function segmentBuffer(): ArrayBuffer {
  return new ArrayBuffer(BUFFER_BYTES);
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
  // The buffer holds the file from `offset` to before `offset + held`.
  let offset = 0;
  let held = fill(fd, bytes, 0, 0);
  const headed = checkHeader(bytes.subarray(0, held), path);
  let at = headed === "whole" ? HEADER_BYTES : 0;
  while (headed === "whole") {
    if (held - at < FRAME_BYTES || held - at < frameBytes(bytes, at)) {
      bytes.copyWithin(0, at, held);
      offset += at;
      held = fill(fd, bytes, held - at, offset);
      at = 0;
      if (held < FRAME_BYTES || held < frameBytes(bytes, 0)) break;
    }
    const end = at + frameBytes(bytes, at);
    if (!isWhole(bytes, at, end)) break;
    onKeys(words, (at + FRAME_BYTES) / 4, end / 4);
    keys += bytes.readUInt32LE(at + 8);
    newestSeconds = Math.max(newestSeconds, bytes.readUInt32LE(at + 12));
    at = end;
  }
  return {
    keys,
    newestMs: newestSeconds * 1000,
    soundBytes: offset + at,
    fileBytes,
    ours: headed !== "foreign",
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

function checkHeader(start: Buffer, path: string): "whole" | "torn" | "foreign" {
  const expected = segmentHeader();
  const compared = Math.min(start.length, 8);
  // After a power failure the blocks of a file may be zeros.
  if (start.subarray(0, HEADER_BYTES).every((byte) => byte === 0)) return "torn";
  if (!start.subarray(0, compared).equals(expected.subarray(0, compared))) return "foreign";
  if (start.length < HEADER_BYTES) return "torn";
  const version = start.readUInt32LE(8);
  if (version === VERSION) return "whole";
  if (version === 0) return "foreign";
  throw new GraphtapError(
    "state-unusable",
    `Cannot read "${path}": its format is version ${version}, written by a newer graphtap; this one knows ${VERSION}: update graphtap, or choose another folder with --state`,
  );
}

/** Length of the frame at `at`; of one that claims impossibly many keys, only as much as shows that it is damaged. */
function frameBytes(bytes: Buffer, at: number): number {
  const count = bytes.readUInt32LE(at + 8);
  return count > FRAME_KEYS ? FRAME_BYTES : FRAME_BYTES + count * KEY_BYTES;
}

function isWhole(bytes: Buffer, at: number, end: number): boolean {
  const count = bytes.readUInt32LE(at + 8);
  return bytes.readUInt32LE(at) === FRAME_MARK && count > 0 && count <= FRAME_KEYS &&
    bytes.readUInt32LE(at + 4) === crc32(bytes.subarray(at + 8, end));
}
