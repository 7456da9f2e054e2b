import { closeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { makeFolder, openFile } from "../files/durable.ts";
import { type Hold, noHold } from "../files/hold.ts";
import type { FileLocker } from "../files/lock.ts";
import { KEY_BYTES } from "../state/seen/keys.ts";
import type { Origin, Sink } from "./sink.ts";
import { attemptSink, sinkFailure } from "./sinkFailure.ts";
import { giveFolder } from "./folderAccess.ts";
import type { SpoolFile } from "./spoolFile.ts";
import { type JournalContent, LARGEST_JOURNAL_BYTES, openJournal, readJournal } from "./spoolJournal.ts";
import { createRotation, type RotationOptions } from "./spoolRotation.ts";
import { createWriteQueue } from "./writeQueue.ts";

/** So often one write is moved to another file before it fails: somebody takes away whatever we make. */
const MOST_MOVES = 3;

export interface FileSinkOptions extends RotationOptions {
  /** Size from which the journal is written anew. @default 8 MiB */
  readonly journalBytes?: number;
  readonly locker: FileLocker;
  /** The hold on the state folder: who lost that writes no more. @default nobody can lose it */
  readonly hold?: Pick<Hold, "during" | "replaceFile" | "followsLiving">;
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
 * A rotation is two steps, with nothing under way in the spool: the journal notes it, then another file is made, which
 * has its name for good (`spoolNames.ts`). Killed between: the old file is still the last one, and the next write rotates.
 * Killed after: the note keeps the journal's last lines, which are in the old file, out of the new one.
 *
 * Whoever else removes, replaces, empties or lengthens the file that is written is noticed before lines are written and
 * again after that, before they count as accepted: the lines then go to a file of a new name. The file is only ever
 * appended to, so that nothing is written over and no hole is left, whoever else has it open.
 *
 * Who has lost the state folder writes no lines here either (`files/hold.ts`). Who took it begins another file and
 * another journal: to those that are there the other one may still add what it has in flight.
 *
 * Lines of several streams come one write after the other; keys are kept and committed stream by stream. All file work
 * is synchronous, so nothing runs in between.
 *
 * @throws sink-full, sink-unusable, also when another process writes this spool
 */
export function openFileSink(options: FileSinkOptions): Sink {
  const { path, access } = options;
  const made = attemptSink("create", dirname(path), () => makeFolder(dirname(path)));
  for (const folder of made) giveFolder(folder, access);
  const unlock = lockSpool(path, options.locker);
  try {
    return openLocked(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A write has two syncs, whatever its size. */
const WORTH_BYTES = 512 * 1024;
const NO_KEYS = new Uint8Array(0);
/** A file takes whatever it has room for. */
const NOTHING_REFUSED = { retries: 0, setAside: 0, deadLetters: null };

function openLocked(options: FileSinkOptions, unlock: () => void): Sink {
  const { path, report, journalBytes = LARGEST_JOURNAL_BYTES, hold = noHold } = options;
  const spool = createRotation(options);
  const journalPath = besideSpool(path, "journal");
  const content = readJournal(journalPath);
  finish(spool.file, content, report);
  if (hold.followsLiving) spool.begin();
  const journal = openJournal(journalPath, content.accepted, journalBytes, hold);
  const queue = createWriteQueue();

  /** Whether the file is as we left it; else lines go to another one from here on. */
  function isUndisturbed(): boolean {
    const { path: name } = spool.file;
    const what = spool.file.disturbance();
    if (what === null) return true;
    spool.begin();
    // It may have gone with the same broom.
    journal.begin();
    report(disturbed(name, what, spool.file.path));
    return false;
  }

  function append(lines: Uint8Array, { stream, keys }: Partial<Origin>): void {
    spool.makeRoom(lines.length, () => journal.append({ kind: "rotated" }));
    const { size: offset } = spool.file;
    journal.append({ kind: "lines", stream: stream ?? null, keys: keys ?? NO_KEYS, offset, lines });
    try {
      spool.file.append(lines);
    } catch (error) {
      // With half of them in the spool, the journal must be able to complete them.
      if (!spool.file.isTorn) journal.takeBack();
      throw error;
    }
  }

  function put(lines: Uint8Array, origin: Partial<Origin>): void {
    try {
      isUndisturbed();
      for (let moves = 0;; moves++) {
        hold.during(() => append(lines, origin));
        if (isUndisturbed()) break;
        if (moves === MOST_MOVES) throw takenAway(path);
      }
      if (origin.stream !== undefined) journal.accepted.add(origin.stream, origin.keys ?? NO_KEYS);
    } catch (error) {
      // For good: what became of a file that failed is known when the next start has looked at it.
      throw sinkFailure("write", spool.file.path, error);
    }
  }

  return {
    write: (lines, origin) => queue.add(() => put(lines, origin ?? {})),
    worthBytes: WORTH_BYTES,
    accepted: (stream) => journal.accepted.of(stream),
    committed: (stream) => journal.committed(stream),
    figures: () => ({
      ...NOTHING_REFUSED,
      spool: { bytes: spool.heldBytes(), limitBytes: options.maxSpoolBytes },
    }),
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
function finish(spool: SpoolFile, content: JournalContent, report: (note: string) => void): void {
  const { path } = spool;
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
        `"${path}" is not the file that its journal tells of: its last ${
          keys.length / KEY_BYTES
        } records come again`,
      );
    }
  }
  const torn = spool.cutTornLine();
  if (torn > 0) report(`"${path}" ended in the middle of a line: its last ${torn} bytes were cut off`);
}

function disturbed(name: string, what: string, next: string): string {
  return `"${name}" ${what} while graphtap writes it: the next lines go to "${next}"; what nobody had read ` +
    `of it is gone, and "graphtap replay" reads a range again. graphtap rotates and deletes by itself (--keep-seconds)`;
}

function takenAway(path: string): GraphtapError {
  return new GraphtapError(
    "sink-unusable",
    `Cannot write "${path}": its files are taken away or changed as soon as they are written; find out who does that`,
  );
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
