import { spawnSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { emptyPosition } from "../../../src/state/position.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { freshFolder, stateIn } from "../../support/state.ts";

const address = { inputId: "10001", service: "signIns" };

/** A real volume of 64 KB; skips the test, and says why, where none can be mounted. */
function smallVolume({ skip }: TestContext, options = "size=64k"): string {
  const dir = freshFolder();
  const { status, stderr, error } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", dir], {
    encoding: "utf8",
  });
  if (status !== 0) {
    const why = `no small volume could be mounted: ${error?.message ?? stderr.trim()}`;
    console.warn(`SKIPPED, ${why}`);
    skip(why);
  }
  onTestFinished(() => void spawnSync("umount", ["-l", dir]));
  return dir;
}

const unusable = (dir: string, code: string) =>
  expect.objectContaining({
    code: "state-unusable",
    message: expect.stringMatching(new RegExp(`"${dir}/.*": ${code}; `)),
  });

describe("state on a volume that is full", () => {
  it("says so, keeps what was durable, and goes on when there is room again", (context) => {
    const dir = smallVolume(context);
    const state = stateIn(dir);
    const stream = state.stream(address);
    const checkpoint = emptyPosition();
    stream.commitInFile({ ...checkpoint, records: 1 });
    stream.seen().add(recordKey("first"));
    stream.seen().commit();

    const filler = join(dir, "filler");
    spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4096"]);
    expect(() => stream.commitInFile({ ...checkpoint, records: 2 })).toThrow(unusable(dir, "ENOSPC"));
    for (let index = 0; index < 1000; index++) stream.seen().add(recordKey(String(index)));
    expect(() => stream.seen().commit()).toThrow(unusable(dir, "ENOSPC"));
    expect(stream.loadPosition()?.records).toBe(1);

    rmSync(filler);
    stream.seen().commit();
    stream.commitInFile({ ...checkpoint, records: 2 });
    state.close();
    const again = stateIn(dir).stream(address);
    expect([again.loadPosition()?.records, again.seen().size(), again.seen().has(recordKey("999"))]).toEqual([
      2,
      1001,
      true,
    ]);
  });

  it("or holds as many files as it may, says which of the two", (context) => {
    const dir = smallVolume(context, "size=1m,nr_inodes=20");
    const state = stateIn(dir);
    let file = 0;
    try {
      for (;;) writeFileSync(join(dir, String(file++)), "");
    } catch {
      // No file more may be there.
    }
    expect(() => state.stream(address).commitInFile(emptyPosition())).toThrow(
      "as many files as it may (df -i)",
    );
  });

  it("loses nothing and leaves nothing when the program ends there", (context) => {
    const dir = smallVolume(context);
    const state = stateIn(dir);
    state.stream(address).seen().add(recordKey("first"));
    state.stream(address).seen().commit();
    spawnSync("dd", ["if=/dev/zero", `of=${join(dir, "filler")}`, "bs=4096"]);
    for (let index = 0; index < 1000; index++) state.stream(address).seen().add(recordKey(String(index)));
    expect(() => state.stream(address).seen().commit()).toThrow("ENOSPC");
    state.close();
    rmSync(join(dir, "filler"));
    // stateIn fails on any report of damage.
    expect(stateIn(dir).stream(address).seen().size()).toBe(1);
  });
});

describe("state that may not be written", () => {
  it("on a read-only volume says so", (context) => {
    const dir = smallVolume(context);
    // A lock is a file open for writing, which would keep the volume from becoming read-only.
    const state = stateIn(dir, { locker: () => ({ status: "locked", release: () => {} }) });
    expect(spawnSync("mount", ["-o", "remount,ro", dir]).status).toBe(0);
    expect(() => state.stream(address).commitInFile(emptyPosition())).toThrow(
      unusable(dir, "EROFS"),
    );
    expect(() => stateIn(dir)).toThrow(unusable(dir, "EROFS"));
    spawnSync("mount", ["-o", "remount,rw", dir]);
  });

  it("in a folder of someone else says so", (context) => {
    if (process.getuid?.() === 0) {
      console.warn("SKIPPED, permissions do not bind root: run the tests as another user to see it");
      context.skip("permissions do not bind root");
    }
    const dir = freshFolder();
    chmodSync(dir, 0o500);
    onTestFinished(() => chmodSync(dir, 0o700));
    expect(() => stateIn(dir)).toThrow(unusable(dir, "EACCES"));
    chmodSync(dir, 0o700);
    writeFileSync(join(dir, "lock"), "");
  });
});
