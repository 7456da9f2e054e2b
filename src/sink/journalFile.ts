import { Buffer } from "node:buffer";
import { closeSync, fdatasyncSync, ftruncateSync } from "node:fs";
import { openFile, writeFully } from "../files/durable.ts";
import type { Fence } from "../files/hold.ts";
import { encodeFrame, type JournalEntry, NO_FRAME } from "./journalFrames.ts";

/** The file of a journal that is written: frames behind each other. */
export interface JournalFile {
  /** Where the last frame ends. */
  readonly end: number;
  /** Puts a file with these entries in its place, durably. */
  begin(entries: readonly JournalEntry[]): void;
  /** Adds an entry; where that fails, it is not there. */
  add(entry: JournalEntry, how: { readonly durably: boolean }): void;
  /** Takes the last entry away again. */
  takeBack(): void;
  /** Nothing in it counts any more. */
  forget(): void;
  close(): void;
}

/** Where the last frame ends, and its number. */
interface Last {
  readonly end: number;
  readonly seq: number;
}

/** No file yet: `begin` makes it. */
export function createJournalFile(path: string, fence: Pick<Fence, "replaceFile">): JournalFile {
  let fd = -1;
  let last: Last = { end: 0, seq: 0 };
  let before = last;

  function cutBehind(to: Last): void {
    last = to;
    try {
      ftruncateSync(fd, to.end);
    } catch {
      // The failure that brought us here is the one to report; the checksum gives half a frame away.
    }
  }

  return {
    get end() {
      return last.end;
    },
    begin(entries) {
      const bytes = Buffer.concat(entries.flatMap((entry, index) => encodeFrame(entry, index + 1)));
      fence.replaceFile(path, bytes);
      const old = fd;
      fd = openFile(path, "write");
      if (old >= 0) closeSync(old);
      before = last = { end: bytes.length, seq: entries.length };
    },
    add(entry, { durably }) {
      const start = last;
      try {
        last = putFrame(fd, entry, start);
        if (durably) fdatasyncSync(fd);
      } catch (error) {
        cutBehind(start);
        throw error;
      }
      before = start;
    },
    takeBack: () => cutBehind(before),
    /**
     * The next entry is written over what is there. The file is not cut: as long as it keeps its blocks, it is synced without a change
     * to the file system, and the next lines take the memory of these.
     */
    forget() {
      last = { end: 0, seq: last.seq };
      try {
        writeFully(fd, NO_FRAME, 0);
      } catch {
        // Keys too many are as harmless as after a power cut.
      }
    },
    close() {
      // Lines are not kept for longer than they are needed.
      if (last.end === 0) cutBehind(last);
      closeSync(fd);
    },
  };
}

/** Writes a frame behind another. At a position, not at the end: what a failed attempt left behind is written over. */
function putFrame(fd: number, entry: JournalEntry, { end, seq }: Last): Last {
  let at = end;
  for (const part of encodeFrame(entry, seq + 1)) {
    writeFully(fd, part, at);
    at += part.length;
  }
  return { end: at, seq: seq + 1 };
}
