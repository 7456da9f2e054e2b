import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listFolder } from "../files/durable.ts";

/** What rotation adds to the name: the moment, in UTC, so that names sort in time order. */
const STAMP = /^\.(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z$/;

/** The name that the spool `path` gets when it is rotated at `ms` (epoch milliseconds). */
export function rotatedPath(path: string, ms: number): string {
  return `${path}.${new Date(ms).toISOString().replace(/[-:]/g, "")}`;
}

/** The rotated files of a spool that are still there, oldest first, with the moment in their names. */
export function listRotated(path: string): { path: string; ms: number }[] {
  const folder = dirname(path);
  const base = basename(path);
  return listFolder(folder)
    .filter(({ name, isFolder }) => !isFolder && name.startsWith(base))
    .map(({ name }) => ({ path: join(folder, name), ms: momentOf(name.slice(base.length)) }))
    .filter(({ ms }) => !Number.isNaN(ms))
    .sort((a, b) => a.ms - b.ms);
}

/** Bytes of the rotated files. One that its reader deletes meanwhile counts nothing. */
export function rotatedBytes(path: string): number {
  return listRotated(path).reduce(
    (sum, file) => sum + (statSync(file.path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function momentOf(suffix: string): number {
  return STAMP.test(suffix) ? Date.parse(suffix.replace(STAMP, "$1-$2-$3T$4:$5:$6Z")) : NaN;
}

/** A hidden file beside the spool, which no pattern for the spool's files matches: journal, lock. */
export function besideSpool(path: string, what: "journal" | "lock"): string {
  return join(dirname(path), `.${basename(path)}.${what}`);
}
