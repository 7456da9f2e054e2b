import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flockByCommand, lockByFile } from "../../../src/files/lock.ts";
import { freshFolder } from "../../support/state.ts";

/** Whether the flock command, a third opinion, finds the file free. */
const isFree = (path: string) => spawnSync("flock", ["-n", path, "true"]).status === 0;

describe("a file", () => {
  it("is locked by the command and by a file's own method alike", () => {
    const path = join(freshFolder(), "lock");
    writeFileSync(path, "");
    const native = lockByFile(() => ({ tryLockSync: () => isFree(path), close: () => {} }));
    const lock = flockByCommand(path);
    expect([lock.status, native(path).status, flockByCommand(path).status]).toEqual([
      "locked",
      "busy",
      "busy",
    ]);
    if (lock.status === "locked") lock.release();
    expect(native(path).status).toBe("locked");
  });

  it("on a host or file system without locks is reported as such", () => {
    const locker = lockByFile(() => ({
      tryLockSync: () => {
        throw new Error("ENOTSUP");
      },
      close: () => {},
    }));
    expect(locker("lock").status).toBe("unsupported");
  });
});
