/**
 * The names of a spool's files: `PATH.20261122T160000.000Z`, after the moment at which a file was made, in UTC, so that
 * names sort in the order of time. A file keeps its name for as long as it is there: programs that follow files by a
 * pattern take one that is renamed for a new one, sooner or later, and read it again.
 *
 * `PATH` alone is the file that version 0.1 left, which gave a file its longer name when it was rotated. It counts from
 * its last change on, which makes it the newest of that version's files.
 */
import { lstatSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listFolder } from "../files/durable.ts";

const STAMP = /^\.(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z$/;

/** A file of a spool. */
export interface SpoolName {
  readonly path: string;
  /** The moment by which it is sorted, in milliseconds since the epoch. */
  readonly ms: number;
}

/** The files of the spool `path` that are there, oldest first: the last one is written to. @throws `state-unusable` */
export function listSpool(path: string): SpoolName[] {
  const folder = dirname(path);
  const base = basename(path);
  const files: SpoolName[] = [];
  for (const { name, isFolder } of listFolder(folder)) {
    if (!name.startsWith(base)) continue;
    const file = join(folder, name);
    // A folder or a pipe of this very name is listed too: whoever opens it says what is wrong.
    const ms = name === base ? changedMs(file) : isFolder ? NaN : momentOf(name.slice(base.length));
    if (!Number.isNaN(ms)) files.push({ path: file, ms });
  }
  return files.sort((a, b) => a.ms - b.ms);
}

/** The name of the next file of the spool `path`: later than all there are, even if the clock was set back. */
export function nextSpoolFile(path: string, nowMs: number): string {
  const last = listSpool(path).at(-1)?.ms ?? -Infinity;
  const ms = Math.max(nowMs, last + 1);
  return `${path}.${new Date(ms).toISOString().replace(/[-:]/g, "")}`;
}

function momentOf(suffix: string): number {
  return STAMP.test(suffix) ? Date.parse(suffix.replace(STAMP, "$1-$2-$3T$4:$5:$6Z")) : NaN;
}

function changedMs(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? NaN : Math.ceil(stats.mtimeMs);
}
