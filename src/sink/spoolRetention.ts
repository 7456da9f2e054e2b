import { rmSync } from "node:fs";
import { listRotated } from "./spoolNames.ts";

/**
 * Deletes the rotated files of the spool `path` that were rotated before `ms` (epoch milliseconds). Their readers are
 * not asked: nobody but they knows how far they came. A file that cannot be deleted is reported, and stays.
 */
export function deleteRotatedBefore(path: string, ms: number, report: (note: string) => void): void {
  for (const file of listRotated(path)) {
    if (file.ms >= ms) break;
    try {
      rmSync(file.path, { force: true });
    } catch (error) {
      const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
      report(`"${file.path}" is older than --keep-seconds and cannot be deleted${why}`);
    }
  }
}
