import { Buffer } from "node:buffer";
import { closeSync, fdatasyncSync, ftruncateSync } from "node:fs";
import { openFile, readFileIfAny, writeFully } from "../files/durable.ts";
import { type Fence, noHold } from "../files/hold.ts";
import { type AcceptedKeys, createAcceptedKeys } from "./acceptedKeys.ts";
import { decodeFrames, encodeFrame, type JournalEntry, NO_FRAME } from "./journalFrames.ts";
import { attemptSink } from "./sinkFailure.ts";

/** Above this a journal is written anew, with nothing but the keys that are still needed. */
export const LARGEST_JOURNAL_BYTES = 8 * 1024 * 1024;

/** What is about to be written to a spool, and which records are in it that the engine does not know of yet. */
export interface SpoolJournal {
  /** Keys of lines that are in the spool. */
  readonly accepted: AcceptedKeys;
  /** Makes an entry durable. @throws sink-full, sink-unusable; the entry is then not there */
  append(entry: JournalEntry): void;
  /** Begins it anew in its place, with nothing but the keys. @throws sink-full, sink-unusable */
  begin(): void;
  /** Takes the last entry away again: its lines could not be written. */
  takeBack(): void;
  /** The engine has the keys of `stream`. */
  committed(stream: string): void;
  close(): void;
}

/** What a journal tells after a crash. */
export interface JournalContent {
  readonly accepted: AcceptedKeys;
  /** The last lines, when nothing tells that they reached the spool whole; their keys are not among `accepted`. */
  readonly unfinished: Extract<JournalEntry, { kind: "lines" }> | null;
}

/** Reads what the last process left. A journal that is missing or damaged tells less, never something false. */
export function readJournal(path: string): JournalContent {
  const bytes = attemptSink("read", path, () => readFileIfAny(path)) ?? Buffer.alloc(0);
  const entries = decodeFrames(bytes);
  const accepted = createAcceptedKeys();
  const last = entries.at(-1);
  const unfinished = last?.kind === "lines" ? last : null;
  for (const entry of entries) {
    if (entry === unfinished || entry.kind === "rotated") continue;
    if (entry.kind === "settled") accepted.forget(entry.stream);
    else if (entry.stream !== null) accepted.add(entry.stream, entry.keys);
  }
  return { accepted, unfinished };
}

/** Begins a journal anew with the keys of `accepted`, durably and at once. @throws sink-full, sink-unusable */
export function openJournal(
  path: string,
  accepted: AcceptedKeys,
  largestBytes: number,
  fence: Pick<Fence, "replaceFile"> = noHold,
): SpoolJournal {
  let fd = -1;
  let now = { end: 0, seq: 0 };
  let before = now;
  function begin(): void {
    const { bytes, seq } = encodeKeys(accepted);
    fence.replaceFile(path, bytes);
    const old = fd;
    fd = openFile(path, "write");
    if (old >= 0) closeSync(old);
    before = now = { end: bytes.length, seq };
  }
  // At a position, not at the end: what a failed attempt left behind is written over.
  function put(entry: JournalEntry): void {
    let at = now.end;
    for (const part of encodeFrame(entry, now.seq + 1)) {
      writeFully(fd, part, at);
      at += part.length;
    }
    before = now;
    now = { end: at, seq: now.seq + 1 };
  }

  function goBack(to: typeof now): void {
    now = to;
    try {
      ftruncateSync(fd, to.end);
    } catch {
      // The failure that brought us here is the one to report; the checksum gives half a frame away.
    }
  }

  /**
   * Nothing in it counts any more, and the next entry is written over it. It is not cut: a file that keeps its blocks is
   * synced without a change to the file system, and the lines of the next write take the memory of these.
   */
  function forget(): void {
    now = { end: 0, seq: now.seq };
    try {
      writeFully(fd, NO_FRAME, 0);
    } catch {
      // Keys too many are harmless here.
    }
  }

  function close(): void {
    // The last lines are nobody's to read here for longer than they are needed.
    if (now.end === 0) goBack(now);
    closeSync(fd);
  }

  attemptSink("write", path, begin);
  return {
    accepted,
    append(entry) {
      attemptSink("write", path, () => {
        if (now.end > largestBytes) begin();
        const start = now;
        try {
          put(entry);
          fdatasyncSync(fd);
        } catch (error) {
          goBack(start);
          throw error;
        }
      });
    },
    begin: () => attemptSink("write", path, begin),
    takeBack: () => goBack(before),
    committed(stream) {
      if (!accepted.forget(stream)) return;
      // Not synced: after a power cut the engine is told of keys that it has, which changes nothing.
      if (accepted.streams.length === 0) return forget();
      const start = now;
      try {
        put({ kind: "settled", stream });
      } catch {
        goBack(start); // As above.
      }
    },
    close: () => attemptSink("close", path, close),
  };
}

/** A journal with nothing but keys, and the number of its last frame. */
function encodeKeys(accepted: AcceptedKeys): { readonly bytes: Buffer; readonly seq: number } {
  const entries = accepted.streams.map((stream) => ({ stream, keys: Buffer.concat(accepted.of(stream)) }));
  const frames = entries.flatMap((entry, index) => encodeFrame({ kind: "keys", ...entry }, index + 1));
  return { bytes: Buffer.concat(frames), seq: entries.length };
}
