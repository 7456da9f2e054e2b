import { Buffer } from "node:buffer";
import { readFileIfAny } from "../files/durable.ts";
import { type Fence, noHold } from "../files/hold.ts";
import { type AcceptedKeys, createAcceptedKeys } from "./acceptedKeys.ts";
import { createJournalFile } from "./journalFile.ts";
import { decodeFrames, type JournalEntry } from "./journalFrames.ts";
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
  const file = createJournalFile(path, fence);
  const begin = () => attemptSink("write", path, () => file.begin(keysOnly(accepted)));
  begin();
  return {
    accepted,
    append(entry) {
      if (file.end > largestBytes) begin();
      attemptSink("write", path, () => file.add(entry, { durably: true }));
    },
    begin,
    takeBack: file.takeBack,
    committed(stream) {
      if (!accepted.forget(stream)) return;
      // Not synced: after a power cut the engine is told of keys that it has, which changes nothing.
      if (accepted.streams.length === 0) return file.forget();
      try {
        file.add({ kind: "settled", stream }, { durably: false });
      } catch {
        // Keys too many are as harmless here.
      }
    },
    close: () => attemptSink("close", path, file.close),
  };
}

/** What a journal holds that has nothing but keys. */
function keysOnly(accepted: AcceptedKeys): JournalEntry[] {
  return accepted.streams.map((stream) => ({
    kind: "keys",
    stream,
    keys: Buffer.concat(accepted.of(stream)),
  }));
}
