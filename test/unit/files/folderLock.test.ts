import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { acquireLock } from "../../../src/files/folderLock.ts";
import { thisHost } from "../../../src/files/host.ts";
import type { FileLocker } from "../../../src/files/lock.ts";
import { freshFolder } from "../../support/state.ts";

const { pid } = process;
/** No process has this number. */
const NOBODY = 2 ** 22 + 1;
const withoutFlock: FileLocker = () => ({ status: "unsupported" });

// Locks of the host, and those of other processes, are in `test/e2e/crash/lock.test.ts`.
describe("a lock", () => {
  it("where there is no flock is one holder's until that one releases it, and names its process", () => {
    const dir = freshFolder();
    const lock = acquireLock(dir, withoutFlock, { pid });
    expect(() => acquireLock(dir, withoutFlock, { pid })).toThrow(expect.objectContaining({
      code: "state-in-use",
      message: expect.stringContaining(`process ${pid} is using it`),
    }));
    lock.release();
    acquireLock(dir, withoutFlock, { pid }).release();
    expect(readdirSync(dir)).toEqual(["lock"]);
  });

  it("by a claim ends with the process", () => {
    const dir = freshFolder();
    const { boot, namespace, hostname } = thisHost();
    const claim = { pid: NOBODY, started: "1", boot, namespace, hostname };
    writeFileSync(join(dir, "lock.left"), JSON.stringify(claim));
    const lock = acquireLock(dir, withoutFlock, { pid });
    expect(readdirSync(dir)).not.toContain("lock.left");
    lock.release();
  });
});
