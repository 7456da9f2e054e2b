/** A small disk of a test's own: an ext4 gives the inode of a deleted file to the next one that is made. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { onTestFinished } from "vitest";
import { tempFolder } from "./tempFolder.ts";

/**
 * Mounts an empty one of 64 MiB at `folder`, until the test ends.
 *
 * @returns whether this user may
 */
export function mountDisk(folder: string): boolean {
  const image = `${tempFolder()}/disk.img`;
  const isDone = (program: string, ...words: string[]) => spawnSync(program, words).status === 0;
  if (!isDone("truncate", "-s", "64M", image) || !isDone("mkfs.ext4", "-q", "-F", image)) return false;
  mkdirSync(folder, { recursive: true });
  if (!isDone("mount", "-o", "loop", image, folder)) return false;
  // Whoever still has a file open there is killed when the test ends, too.
  onTestFinished(() => void isDone("umount", "--lazy", folder));
  return true;
}
