/**
 * The frames of a spool's journal, which is read up to the first frame that is not whole.
 *
 * ```text
 * u32 mark · u32 CRC-32 of all that follows in the frame · u32 bytes of the head · u32 bytes of the body
 * head: JSON {seq, kind, stream, offset, keys}   body: the keys, 16 bytes each, then the lines
 * ```
 * Numbers are little-endian. `seq` grows by one from frame to frame: what an earlier, longer journal left behind its
 * end is not taken for a continuation.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { KEY_BYTES } from "../state/seen/keys.ts";

const MARK = 0x4c4e524a;
const PREFIX_BYTES = 16;
const NOTHING = new Uint8Array(0);

/** Written at the beginning of a journal, it holds no frame any more. */
export const NO_FRAME: Uint8Array = new Uint8Array(4);

/** One entry of the journal. */
export type JournalEntry =
  /** The lines that are written next, at `offset` of the spool, with the keys of their records. */
  | {
    readonly kind: "lines";
    readonly stream: string | null;
    /** One behind the other. */
    readonly keys: Uint8Array;
    readonly offset: number;
    readonly lines: Uint8Array;
  }
  /** Keys of lines that are in the spool for certain. */
  | { readonly kind: "keys"; readonly stream: string; readonly keys: Uint8Array }
  /** The engine has committed: it has the keys of `stream`. */
  | { readonly kind: "settled"; readonly stream: string }
  /** All lines so far are in the file, and the next ones go to another. */
  | { readonly kind: "rotated" };

/** An entry as bytes, in parts, so that lines are not copied. */
export function encodeFrame(entry: JournalEntry, seq: number): Uint8Array[] {
  const { kind } = entry;
  const keys = "keys" in entry ? entry.keys : NOTHING;
  const lines = kind === "lines" ? entry.lines : NOTHING;
  const head = Buffer.from(JSON.stringify({
    seq,
    kind,
    stream: "stream" in entry ? entry.stream : null,
    offset: kind === "lines" ? entry.offset : 0,
    keys: keys.length / KEY_BYTES,
  }));
  const first = Buffer.concat([Buffer.alloc(PREFIX_BYTES), head, keys]);
  first.writeUInt32LE(MARK, 0);
  first.writeUInt32LE(head.length, 8);
  first.writeUInt32LE(keys.length + lines.length, 12);
  first.writeUInt32LE(crc32(lines, crc32(first.subarray(8))), 4);
  return [first, lines];
}

/** The whole frames at the beginning of `bytes`. */
export function decodeFrames(bytes: Buffer): JournalEntry[] {
  const entries: JournalEntry[] = [];
  let seq: number | null = null;
  for (let at = 0; at + PREFIX_BYTES <= bytes.length;) {
    if (bytes.readUInt32LE(at) !== MARK) break;
    const headEnd = at + PREFIX_BYTES + bytes.readUInt32LE(at + 8);
    const end = headEnd + bytes.readUInt32LE(at + 12);
    if (end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) break;
    const head = JSON.parse(bytes.toString("utf8", at + PREFIX_BYTES, headEnd)) as Head;
    if (seq !== null && head.seq !== seq + 1) break;
    seq = head.seq;
    entries.push(entryOf(head, bytes.subarray(headEnd, end)));
    at = end;
  }
  return entries;
}

interface Head {
  readonly seq: number;
  readonly kind: JournalEntry["kind"];
  readonly stream: string | null;
  readonly offset: number;
  readonly keys: number;
}

function entryOf({ kind, stream, offset, keys: count }: Head, body: Uint8Array): JournalEntry {
  const keys = body.subarray(0, count * KEY_BYTES);
  if (kind === "rotated") return { kind };
  if (kind === "settled") return { kind, stream: stream ?? "" };
  if (kind === "keys") return { kind, stream: stream ?? "", keys };
  return { kind, stream, keys, offset, lines: body.subarray(keys.length) };
}
