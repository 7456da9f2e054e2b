import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

/** Folders whose files wait for no disk, where the system has them. */
export const IN_MEMORY: string = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder of the running test's own, gone when the test is over. */
export function tempFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, "graphtap-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that goes when all tests of the file are over. */
export function fileFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "graphtap-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
