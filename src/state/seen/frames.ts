/**
 * The frames of a segment: record keys, and the position that was committed with them.
 *
 * ```text
 * frame   u32 mark · u32 CRC-32 of all that follows in the frame · u32 length · u32 seconds · content
 * "GFRM"  length: number of keys       content: 16 bytes a key
 * "GPOS"  length: bytes of the text    content: a checkpoint as JSON in UTF-8, and spaces up to a multiple of 16 bytes
 * ```
 * The seconds say from when the life of the keys counts: when they were added, or what they are backdated to.
 * Numbers are little-endian. Every frame is a multiple of 16 bytes, so that keys can be read as words where they lie.
 */
import { crc32 } from "node:zlib";
import { Buffer } from "node:buffer";
import { KEY_BYTES } from "./keys.ts";

/** Bytes of a frame before its content. */
export const FRAME_BYTES = 16;
/** Keys in one frame at most, so that a frame fits into the buffer it is read through. */
export const FRAME_KEYS = 65_536;
/** Bytes of a position at most. */
export const MOST_POSITION_BYTES = FRAME_KEYS * KEY_BYTES;

const KEYS_MARK = 0x4d524647;
const POSITION_MARK = 0x534f5047;
const SPACE = 0x20;

/**
 * What one commit appends: its keys, in several frames when there are more than {@linkcode FRAME_KEYS}, and behind
 * them the position. A segment is read up to its first damage, so a position is never found without its keys.
 *
 * @param fromMs from when the keys count, in milliseconds since the epoch
 */
export function encodeCommit(keys: Uint8Array, fromMs: number, position?: string): Buffer {
  const seconds = wholeSeconds(fromMs);
  const text = position === undefined ? null : Buffer.from(position);
  const keyFrames = Math.ceil(keys.length / (FRAME_KEYS * KEY_BYTES));
  const textBytes = text === null ? 0 : FRAME_BYTES + padded(text.length);
  const frames = Buffer.allocUnsafe(keyFrames * FRAME_BYTES + keys.length + textBytes);
  let end = 0;
  for (let at = 0; at < keys.length; at += FRAME_KEYS * KEY_BYTES) {
    const part = keys.subarray(at, at + FRAME_KEYS * KEY_BYTES);
    end = encode(frames, end, KEYS_MARK, part.length / KEY_BYTES, seconds, part);
  }
  if (text !== null) encode(frames, end, POSITION_MARK, text.length, seconds, text);
  return frames;
}

/** The time of a frame, in seconds since the epoch. Rounded up: a key that seems older than it is expires too early. */
export function wholeSeconds(fromMs: number): number {
  return Math.ceil(fromMs / 1000);
}

/** Writes a frame at `at`. @returns where it ends */
function encode(
  into: Buffer,
  at: number,
  mark: number,
  length: number,
  seconds: number,
  content: Uint8Array,
): number {
  const end = at + FRAME_BYTES + padded(content.length);
  into.writeUInt32LE(mark, at);
  into.writeUInt32LE(length, at + 8);
  into.writeUInt32LE(seconds, at + 12);
  into.set(content, at + FRAME_BYTES);
  into.fill(SPACE, at + FRAME_BYTES + content.length, end);
  into.writeUInt32LE(crc32(into.subarray(at + 8, end)), at + 4);
  return end;
}

/** Length of the frame at `at`; of one that claims impossibly much, only as much as shows that it is damaged. */
export function frameBytes(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32LE(at + 8);
  const content = holdsPosition(bytes, at) ? padded(length) : length * KEY_BYTES;
  return content > MOST_POSITION_BYTES ? FRAME_BYTES : FRAME_BYTES + content;
}

/** Whether the bytes from `at` to before `end` are a frame as it was written. */
export function isWhole(bytes: Buffer, at: number, end: number): boolean {
  const mark = bytes.readUInt32LE(at);
  return (mark === KEYS_MARK || mark === POSITION_MARK) && end > at + FRAME_BYTES &&
    bytes.readUInt32LE(at + 4) === crc32(bytes.subarray(at + 8, end));
}

/** Whether the frame at `at` is a position, and not keys. */
export function holdsPosition(bytes: Buffer, at: number): boolean {
  return bytes.readUInt32LE(at) === POSITION_MARK;
}

/** The position in the frame at `at`. */
export function positionIn(bytes: Buffer, at: number): string {
  return bytes.toString("utf8", at + FRAME_BYTES, at + FRAME_BYTES + bytes.readUInt32LE(at + 8));
}

function padded(length: number): number {
  return Math.ceil(length / KEY_BYTES) * KEY_BYTES;
}
