import { closeSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { GraphtapError } from "../errors.ts";
import { makeFolder, openFile, syncFolder } from "../files/durable.ts";
import type { FileLocker, LockAttempt } from "../files/lock.ts";
import type { Origin, Sink } from "./sink.ts";
import { attemptSink, sinkFailure } from "./sinkFailure.ts";
import { openSpoolFile, type SpoolFile } from "./spoolFile.ts";
import { type JournalContent, LARGEST_JOURNAL_BYTES, openJournal, readJournal } from "./spoolJournal.ts";
import { deleteRotatedBefore } from "./spoolRetention.ts";
import { besideSpool, listRotated, rotatedBytes, rotatedPath } from "./spoolNames.ts";

export interface FileSinkOptions {
  readonly path: string;
  /** The file is rotated before it would become larger than this, in bytes. */
  readonly rotateBytes: number;
  /** The file is rotated when its first line is older than this; looked at when lines are written. */
  readonly rotateSeconds: number;
  /** Bytes that the spool and its rotated files may take together; `null` for no limit. */
  readonly maxSpoolBytes: number | null;
  /** Age in seconds at which rotated files are deleted, read or not; looked at when one is rotated. @default null, never */
  readonly keepSeconds?: number | null;
  /** Size from which the journal is written anew. @default 8 MiB */
  readonly journalBytes?: number;
  readonly locker: FileLocker;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of what was repaired. */
  readonly report: (note: string) => void;
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
  const { path, now } = options;
  attemptSink("create", dirname(path), () => makeFolder(dirname(path)));
  const lock = lockSpool(path, options.locker);
  let spool: SpoolFile;
  let journal: ReturnType<typeof openJournal>;
  try {
    spool = openSpoolFile(path, now);
    attemptSink("write", path, () => syncFolder(dirname(path)));
    const content = readJournal(besideSpool(path, "journal"));
    finish(path, spool, content, options.report);
    journal = openJournal(
      besideSpool(path, "journal"),
      content.accepted,
      options.journalBytes ?? LARGEST_JOURNAL_BYTES,
    );
  } catch (error) {
    if (lock.status === "locked") lock.release();
    throw error;
  }
  let failed: GraphtapError | null = null;
  deleteOld();
  let others = options.maxSpoolBytes === null ? 0 : rotatedBytes(path);

  function rotate(): void {
    journal.append({ kind: "rotated" });
    // Later than the last one even if the clock was set back: the names tell the order.
    const last = listRotated(path).at(-1)?.ms ?? -Infinity;
    attemptSink("rotate", path, () => renameSync(path, rotatedPath(path, Math.max(now(), last + 1))));
    others += spool.size;
    const next = openSpoolFile(path, now);
    spool.close();
    spool = next;
    attemptSink("write", path, () => syncFolder(dirname(path)));
    deleteOld();
  }

  function deleteOld(): void {
    if (options.keepSeconds == null) return;
    deleteRotatedBefore(path, now() - options.keepSeconds * 1000, options.report);
  }

  function isDue(bytes: number): boolean {
    if (spool.size === 0) return false;
    return spool.size + bytes > options.rotateBytes || now() - spool.bornMs >= options.rotateSeconds * 1000;
  }

  function keepBudget(bytes: number): void {
    const { maxSpoolBytes } = options;
    if (maxSpoolBytes === null || others + spool.size + bytes <= maxSpoolBytes) return;
    // What the readers of the rotated files have deleted since is free again.
    others = rotatedBytes(path);
    if (others + spool.size + bytes <= maxSpoolBytes) return;
    throw new GraphtapError(
      "sink-full",
      `Cannot write "${path}": it and its rotated files hold ${
        others + spool.size
      } bytes, and --max-spool-bytes ` +
        `allows ${maxSpoolBytes}; delete rotated files that were read, then start again (nothing was lost)`,
    );
  }

  function put(lines: Uint8Array, { stream, keys }: Partial<Origin>): void {
    if (failed !== null) throw failed;
    try {
      keepBudget(lines.length);
      if (isDue(lines.length)) rotate();
      journal.append({
        kind: "lines",
        stream: stream ?? null,
        keys: keys ?? [],
        offset: spool.size,
        lines,
      });
      try {
        spool.append(lines);
      } catch (error) {
        // With half of them in the spool, the journal must be able to complete them.
        if (!spool.isTorn) journal.takeBack();
        throw error;
      }
      if (stream !== undefined) journal.accepted.add(stream, keys ?? []);
    } catch (error) {
      // For good: what became of a file that failed is known when the next start has looked at it.
      throw failed = sinkFailure("write", path, error);
    }
  }

  return {
    write: (lines, origin) => Promise.resolve().then(() => put(lines, origin ?? {})),
    accepted: (stream) => journal.accepted.of(stream),
    committed: (stream) => journal.settled(stream),
    close: () =>
      Promise.resolve().then(() => {
        journal.close();
        spool.close();
        if (lock.status === "locked") lock.release();
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

function lockSpool(path: string, locker: FileLocker): LockAttempt {
  const file = besideSpool(path, "lock");
  const lock = attemptSink("lock", file, () => {
    closeSync(openFile(file, "write"));
    return locker(file);
  });
  if (lock.status !== "busy") return lock;
  throw new GraphtapError(
    "sink-unusable",
    `Cannot use "${path}" as a spool: another process writes it; stop that one, or name another file with --to`,
  );
}
