import { spawn, spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { acquireLock } from "../../../src/files/folderLock.ts";
import { thisHost } from "../../../src/files/host.ts";
import { type FileLocker, flockByCommand, lockByCommand, lockByFile } from "../../../src/files/lock.ts";
import { buildStateChild, freshFolder, startStateChild, stateIn } from "../../support/state.ts";
import { hostLocker } from "../../support/stateLocker.ts";

const { pid } = process;
const withoutFlock: FileLocker = () => ({ status: "unsupported" });
const inUse = (by: string) =>
  expect.objectContaining({ code: "state-in-use", message: expect.stringContaining(`${by} is using it`) });

/** Whether the flock command, a third opinion, finds the file free. */
const isFree = (path: string) => spawnSync("flock", ["-n", path, "true"]).status === 0;

describe.each([["flock", hostLocker()], ["claims, where there is no flock", withoutFlock]])(
  "a lock by %s",
  (_, locker) => {
    it("is one holder's until that one releases it, and names its process", () => {
      const dir = freshFolder();
      const lock = acquireLock(dir, locker, { pid });
      expect(() => acquireLock(dir, locker, { pid })).toThrow(inUse(`process ${pid}`));
      lock.release();
      acquireLock(dir, locker, { pid }).release();
      expect(readdirSync(dir).filter((name) => name !== ".lock")).toEqual(["lock"]);
    });

    it("excludes the other kind too, either way round", () => {
      const other = locker === withoutFlock ? hostLocker() : withoutFlock;
      const dir = freshFolder();
      const lock = acquireLock(dir, locker, { pid });
      expect(() => acquireLock(dir, other, { pid })).toThrow(inUse(`process ${pid}`));
      lock.release();
      acquireLock(dir, other, { pid }).release();
    });
  },
);

describe("the lock of another process", () => {
  let program: string[];
  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), "graphtap-child-"));
    program = await buildStateChild(dir);
    return () => rmSync(dir, { recursive: true, force: true });
  });

  it("keeps us out, us it, and is free at once after kill -9", async () => {
    const dir = freshFolder();
    const child = startStateChild(program, "hold", dir);
    onTestFinished(() => child.kill());
    expect(await child.nextLine()).toBe("held");
    expect(isFree(join(dir, "lock"))).toBe(false);
    expect(() => stateIn(dir, { locker: hostLocker() })).toThrow(inUse(`process ${child.process.pid}`));

    expect(readFileSync(join(dir, "lock"), "utf8")).toBe(`${child.process.pid}\n`);
    await child.kill();
    const state = stateIn(dir, { locker: hostLocker() });
    expect(readFileSync(join(dir, "lock"), "utf8")).toBe(`${pid}\n`);

    const next = startStateChild(program, "hold", dir);
    expect(await next.nextLine()).toMatch(
      `state-in-use: Cannot use the state folder "${dir}": process ${pid} is using it`,
    );
    await next.kill();
    state.close();
    expect(isFree(join(dir, "lock"))).toBe(true);
  });

  it("by a claim that nobody can read keeps us out, and says what to delete", () => {
    const dir = freshFolder();
    writeFileSync(join(dir, "lock.strange"), "");
    for (const locker of [withoutFlock, hostLocker()]) {
      expect(() => acquireLock(dir, locker, { pid })).toThrow(`or delete "${join(dir, "lock.strange")}"`);
    }
    expect(isFree(join(dir, "lock"))).toBe(true);
    expect(readdirSync(dir).sort()).toEqual([".lock", "lock", "lock.strange"]);
  });
});

describe("the claim of a process in another container", () => {
  it("keeps us out while it is written again and again", () => {
    const dir = freshFolder();
    const held = acquireLock(dir, withoutFlock, { pid });
    onTestFinished(() => held.release());
    const [claim = ""] = readdirSync(dir).filter((name) => name.startsWith("lock."));
    const script = 'while sleep 0.1; do printf "{" | dd of="$1" conv=notrunc 2> /dev/null; done';
    const holder = spawn("sh", ["-c", script, "sh", join(dir, claim)]);
    onTestFinished(() => void holder.kill("SIGKILL"));
    const host = () => ({ ...thisHost(), namespace: "pid:[another]" });
    const again = () => acquireLock(dir, withoutFlock, { pid, host, beatMs: 2000 });
    expect(again).toThrow(inUse(`process ${pid}`));
  });
});

describe("the file of the lock", () => {
  it("that somebody deletes gets its name back: no second process comes in", () => {
    const dir = freshFolder();
    const lock = acquireLock(dir, hostLocker(), { pid });
    for (let times = 0; times < 2; times++) {
      rmSync(join(dir, "lock"));
      expect(() => acquireLock(dir, hostLocker(), { pid })).toThrow(inUse(`process ${pid}`));
    }
    lock.release();
    acquireLock(dir, hostLocker(), { pid }).release();
  });

  it("that was made anew by a program that knows one name only does not let us in beside its holder", () => {
    const dir = freshFolder();
    const first = acquireLock(dir, hostLocker(), { pid });
    rmSync(join(dir, "lock"));
    writeFileSync(join(dir, "lock"), "");
    expect(() => acquireLock(dir, hostLocker(), { pid })).toThrow(inUse(`process ${pid}`));
    first.release();
    acquireLock(dir, hostLocker(), { pid }).release();
    expect(statSync(join(dir, "lock")).ino).toBe(statSync(join(dir, ".lock")).ino);
  });

  it("may not be a symbolic link", () => {
    const dir = freshFolder();
    symlinkSync(join(dir, "elsewhere"), join(dir, "lock"));
    expect(() => acquireLock(dir, hostLocker(), { pid })).toThrow(
      expect.objectContaining({ code: "state-unusable" }),
    );
    expect(readdirSync(dir)).toEqual(["lock"]);
  });

  it("is not waited for when the command does not end", () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "flock"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o700 });
    writeFileSync(join(folder, "lock"), "");
    const { PATH } = process.env;
    onTestFinished(() => void (process.env.PATH = PATH));
    process.env.PATH = `${folder}:${PATH}`;
    expect(lockByCommand(200)(join(folder, "lock")).status).toBe("unsupported");
  });

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
});
