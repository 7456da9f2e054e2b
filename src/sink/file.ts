import { closeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { makeFolder, openFile, syncFolder } from "../files/durable.ts";
import type { FileLocker } from "../files/lock.ts";
import type { Origin, Sink } from "./sink.ts";
import { attemptSink, sinkFailure } from "./sinkFailure.ts";
import { openSpoolFile, type SpoolFile } from "./spoolFile.ts";
import { type JournalContent, LARGEST_JOURNAL_BYTES, openJournal, readJournal } from "./spoolJournal.ts";
import { createRotation, type RotationOptions } from "./spoolRotation.ts";
import { createWriteQueue } from "./writeQueue.ts";

export interface FileSinkOptions extends RotationOptions {
  /** Size from which the journal is written anew. @default 8 MiB */
  readonly journalBytes?: number;
  readonly locker: FileLocker;
}

/**
 * A spool: a file that lines are appended to and that a tail input follows. Accepted means synced to the disk.
 *
 * Every record is in it exactly once, at whatever instant the process is killed. Three facts have to agree for that:
 * the lines in the spool, the seen set, the position; and no order of writing the three would survive every kill.
 * So a hidden journal beside the spool goes first:
 *
 * 1. The lines and the keys of their records are written to the journal and synced. Killed before the end of this:
 *    half a frame, which its checksum gives away; the spool was not touched, the records are read again.
 * 2. The same lines are written to the spool and synced. Killed in here: on the next start the journal completes
 *    them, byte for byte at the same offset. The spool never gets shorter under the program that follows it, which
 *    might then read it again from its beginning.
 * 3. The engine makes keys and position durable, and says so ({@linkcode Sink.committed}). Killed before that: on the
 *    next start the journal still has the keys, and the engine takes them into the seen set before it reads on.
 *    Killed after the seen set has them and before the journal forgets them: a set does not mind a key twice.
 *
 * A rotation is two steps, with nothing under way in the spool: the journal notes it, then the file is renamed. Killed
 * between: the old file is still the spool, and is rotated by the next write. Killed after: the next start finds no
 * spool and makes one, and the note keeps the journal's last lines, which went away with the old file, out of it.
 *
 * Lines of several streams come one write after the other; keys are kept and committed stream by stream. All file work
 * is synchronous, so nothing runs in between.
 *
 * @throws sink-full, sink-unusable, also when another process writes this spool
 */
export function openFileSink(options: FileSinkOptions): Sink {
  const { path } = options;
  attemptSink("create", dirname(path), () => makeFolder(dirname(path)));
  const unlock = lockSpool(path, options.locker);
  try {
    return openLocked(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openLocked(options: FileSinkOptions, unlock: () => void): Sink {
  const { path, now, report, journalBytes = LARGEST_JOURNAL_BYTES } = options;
  const file = openSpoolFile(path, now);
  attemptSink("write", path, () => syncFolder(dirname(path)));
  const journalPath = besideSpool(path, "journal");
  const content = readJournal(journalPath);
  finish(path, file, content, report);
  const journal = openJournal(journalPath, content.accepted, journalBytes);
  const spool = createRotation(options, file);
  const queue = createWriteQueue();

  function put(lines: Uint8Array, { stream, keys }: Partial<Origin>): void {
    try {
      spool.makeRoom(lines.length, () => journal.append({ kind: "rotated" }));
      journal.append({
        kind: "lines",
        stream: stream ?? null,
        keys: keys ?? [],
        offset: spool.file.size,
        lines,
      });
      try {
        spool.file.append(lines);
      } catch (error) {
        // With half of them in the spool, the journal must be able to complete them.
        if (!spool.file.isTorn) journal.takeBack();
        throw error;
      }
      if (stream !== undefined) journal.accepted.add(stream, keys ?? []);
    } catch (error) {
      // For good: what became of a file that failed is known when the next start has looked at it.
      throw sinkFailure("write", path, error);
    }
  }

  return {
    write: (lines, origin) => queue.add(() => put(lines, origin ?? {})),
    accepted: (stream) => journal.accepted.of(stream),
    committed: (stream) => journal.committed(stream),
    close: () =>
      Promise.resolve().then(() => {
        queue.close();
        journal.close();
        spool.file.close();
        unlock();
      }),
  };
}

/** Ends what a killed process had begun, and cuts a line that nobody can complete. */
function finish(
  path: string,
  spool: SpoolFile,
  content: JournalContent,
  report: (note: string) => void,
): void {
  const { unfinished, accepted } = content;
  if (unfinished !== null) {
    const { offset, lines, stream, keys } = unfinished;
    const there = spool.matchAt(offset, lines);
    if (there >= 0) {
      // Even when all are there: after a power cut they may be so in memory only.
      spool.complete(offset, lines);
      if (stream !== null) accepted.add(stream, keys);
    }
    if (there >= 0 && there < lines.length) {
      report(
        `"${path}" ended in the middle of a write: the ${lines.length - there} bytes missing were added`,
      );
    }
    if (there < 0) {
      report(
        `"${path}" is not the file that its journal tells of: its last ${keys.length} records come again`,
      );
    }
  }
  const torn = spool.cutTornLine();
  if (torn > 0) report(`"${path}" ended in the middle of a line: its last ${torn} bytes were cut off`);
}

/** Takes the lock of a spool; what gives it back. */
function lockSpool(path: string, locker: FileLocker): () => void {
  const file = besideSpool(path, "lock");
  const lock = attemptSink("lock", file, () => {
    closeSync(openFile(file, "write"));
    return locker(file);
  });
  if (lock.status !== "busy") return () => lock.status === "locked" && lock.release();
  throw new GraphtapError(
    "sink-unusable",
    `Cannot use "${path}" as a spool: another process writes it; stop that one, or name another file with --to`,
  );
}

/** A hidden file beside the spool, which no pattern for the spool's files matches. */
function besideSpool(path: string, what: "journal" | "lock"): string {
  return join(dirname(path), `.${basename(path)}.${what}`);
}
