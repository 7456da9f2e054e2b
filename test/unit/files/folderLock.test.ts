import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

  describe("by the claim of a process that cannot be looked into", () => {
    const elsewhere = () => ({ ...thisHost(), namespace: "pid:[another]" });
    const inUse = expect.objectContaining({ code: "state-in-use" });

    it("ends when it is not written again: a container was killed, and starts anew", () => {
      const dir = freshFolder();
      const notes: string[] = [];
      // Never released, and no timer of it runs while the next one waits.
      acquireLock(dir, withoutFlock, { pid });
      const report = (note: string) => notes.push(note);
      const lock = acquireLock(dir, withoutFlock, { pid, host: elsewhere, beatMs: 100, report });
      expect(readdirSync(dir).filter((name) => name.startsWith("lock."))).toHaveLength(1);
      expect(notes).toEqual([expect.stringContaining("looking for 0.25 s whether it lives")]);
      lock.release();
    });

    it("of version 0.1, which wrote it once, ends only by hand", () => {
      const dir = freshFolder();
      const claim = { pid: 1, started: "1", ...thisHost() };
      writeFileSync(join(dir, "lock.left"), JSON.stringify(claim));
      expect(() => acquireLock(dir, withoutFlock, { pid, host: elsewhere, beatMs: 20 })).toThrow(inUse);
    });

    it("is told to its holder when it was taken away", async () => {
      const dir = freshFolder();
      const lost = new Promise((resolve) =>
        acquireLock(dir, withoutFlock, { pid, beatMs: 20, onLost: resolve })
      );
      const [claim = ""] = readdirSync(dir).filter((name) => name.startsWith("lock."));
      rmSync(join(dir, claim));
      expect(await lost).toEqual(inUse);
    });

    it("is written again while it is held", async () => {
      const dir = freshFolder();
      const lock = acquireLock(dir, withoutFlock, { pid, beatMs: 20 });
      const [claim = ""] = readdirSync(dir).filter((name) => name.startsWith("lock."));
      const written = () => statSync(join(dir, claim)).mtimeMs;
      const before = written();
      while (written() === before) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(JSON.parse(readFileSync(join(dir, claim), "utf8"))).toMatchObject({ pid, beats: true });
      lock.release();
    });
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
