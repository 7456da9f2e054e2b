import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { flockByCommand, lockByCommand, lockByFile } from "../../../src/files/lock.ts";
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

  it("does not wait for a command that does not end", () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "flock"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o700 });
    writeFileSync(join(folder, "lock"), "");
    const { PATH } = process.env;
    onTestFinished(() => void (process.env.PATH = PATH));
    process.env.PATH = `${folder}:${PATH}`;
    expect(lockByCommand(200)(join(folder, "lock")).status).toBe("unsupported");
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
