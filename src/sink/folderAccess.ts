import { chmodSync, chownSync, statSync } from "node:fs";
import { attemptSink } from "./sinkFailure.ts";
import type { SpoolAccess } from "./spoolFile.ts";

/** Opens a folder that was just made to whoever may read the files in it. @throws sink-unusable */
export function giveFolder(path: string, { mode = null, group = null }: SpoolAccess = {}): void {
  if (group !== null) {
    attemptSink(`give to group ${group}`, path, () => chownSync(path, statSync(path).uid, group));
  }
  if (mode !== null) attemptSink("change the mode of", path, () => chmodSync(path, folderMode(mode)));
}

/** Who may read files may enter their folder; who may write them may delete them there. */
function folderMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}
