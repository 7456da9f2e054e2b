import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileLocker } from "../../../src/files/lock.ts";
import { type FileSinkOptions, openFileSink } from "../../../src/sink/file.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const START = Date.UTC(2026, 10, 22, 16);
const bytes = (text: string) => new TextEncoder().encode(text);

function spool(folder: string, options: Partial<FileSinkOptions> = {}) {
  const notes: string[] = [];
  let nowMs = START;
  const path = join(folder, "events.ndjson");
  const sink = openFileSink({
    path,
    rotateBytes: 1000,
    rotateSeconds: 60,
    maxSpoolBytes: null,
    locker: () => ({ status: "locked", release: () => {} }),
    now: () => nowMs,
    report: (note) => notes.push(note),
    ...options,
  });
  return {
    sink,
    path,
    notes,
    advance: (ms: number) => nowMs += ms,
    write: (text: string) => sink.write(bytes(text)),
    /** Names that a pattern finds, and what is in them. */
    files: () =>
      Object.fromEntries(
        readdirSync(folder).filter((name) => !name.startsWith(".")).sort()
          .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
      ),
  };
}

describe("a spool", () => {
  it("appends lines to what is there, in files that only we can read", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "events.ndjson"), "old\n", { mode: 0o600 });
    const { write, path, files, sink } = spool(folder);
    await write("a\n");
    await write("b\nc\n");
    await sink.close();
    expect(files()).toEqual({ "events.ndjson": "old\na\nb\nc\n" });
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect([statSync(path).mode & 0o777, ...modes]).toEqual(modes.map(() => 0o600).concat(0o600));
  });

  it("is rotated before it would become too large, under names in the order of time", async () => {
    const { write, files, advance } = spool(tempFolder(), { rotateBytes: 8 });
    for (const line of ["aaa\n", "bbb\n", "ccc\n", "a line that is larger\n", "d\n"]) {
      await write(line);
      advance(1);
    }
    expect(files()).toEqual({
      "events.ndjson": "d\n",
      "events.ndjson.20261122T160000.002Z": "aaa\nbbb\n",
      "events.ndjson.20261122T160000.003Z": "ccc\n",
      "events.ndjson.20261122T160000.004Z": "a line that is larger\n",
    });
  });

  it("is rotated when its first line is old", async () => {
    const { write, files, advance } = spool(tempFolder());
    await write("a\n");
    advance(59_999);
    await write("b\n");
    advance(1);
    await write("c\n");
    expect(Object.values(files())).toEqual(["c\n", "a\nb\n"]);
  });

  it("keeps the order of names when the clock was set back", async () => {
    const { write, files, advance } = spool(tempFolder(), { rotateBytes: 2 });
    await write("a\n");
    await write("b\n");
    advance(-5000);
    await write("c\n");
    expect(Object.values(files())).toEqual(["c\n", "a\n", "b\n"]);
  });

  it("stops clearly when its files hold as much as they may, and goes on when the read ones are deleted", async () => {
    const folder = tempFolder();
    const { write, files } = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await write("aaa\n");
    await write("bbb\n");
    const full = {
      code: "sink-full",
      kind: { exitCode: 4 },
      message: expect.stringContaining("hold 8 bytes"),
    };
    await expect(write("ccc\n")).rejects.toMatchObject(full);
    await expect(write("d\n"), "once stopped, it stays so").rejects.toMatchObject(full);
    expect(Object.values(files()).join("")).toBe("bbb\naaa\n");
    rmSync(join(folder, "events.ndjson.20261122T160000.000Z"));
    const again = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await again.write("ccc\n");
    expect(Object.values(again.files()).join("")).toBe("ccc\nbbb\n");
  });

  it("deletes rotated files when they are old, its own only, when it rotates and when it starts", async () => {
    const folder = tempFolder();
    const options = { rotateBytes: 2, keepSeconds: 100 };
    const { write, files, advance, sink } = spool(folder, options);
    writeFileSync(join(folder, "events.ndjson.old"), "mine\n");
    for (const text of ["a\n", "b\n", "c\n"]) {
      await write(text);
      advance(60_000);
    }
    expect(Object.values(files())).toEqual(["c\n", "a\n", "b\n", "mine\n"]);
    await write("d\n");
    expect(Object.values(files())).toEqual(["d\n", "b\n", "c\n", "mine\n"]);
    await sink.close();
    spool(folder, { ...options, now: () => START + 3_600_000 });
    expect(Object.values(files())).toEqual(["d\n", "mine\n"]);
  });

  it("deletes nothing unless it is told to", async () => {
    const folder = tempFolder();
    const { write, files, advance } = spool(folder, { rotateBytes: 2 });
    for (const text of ["a\n", "b\n", "c\n"]) {
      await write(text);
      advance(10 * 365 * 86_400_000);
    }
    expect(Object.values(files())).toEqual(["c\n", "a\n", "b\n"]);
  });

  it("notices within a run that rotated files were deleted", async () => {
    const folder = tempFolder();
    const { write, files } = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await write("aaa\n");
    await write("bbb\n");
    rmSync(join(folder, "events.ndjson.20261122T160000.000Z"));
    await write("ccc\n");
    expect(Object.values(files()).join("")).toBe("ccc\nbbb\n");
  });

  it("cuts a torn last line that nothing can complete", async () => {
    const folder = tempFolder();
    const long = "x".repeat(200_000);
    for (const torn of ["half", long]) {
      writeFileSync(join(folder, "events.ndjson"), `whole\n${torn}`);
      const { write, files, notes, sink } = spool(folder, { rotateBytes: 1e6 });
      await write("next\n");
      await sink.close();
      expect(files()).toEqual({ "events.ndjson": "whole\nnext\n" });
      expect(notes.join()).toContain(`its last ${torn.length} bytes were cut off`);
    }
    writeFileSync(join(folder, "events.ndjson"), "no line feed at all");
    expect(spool(folder).files()).toEqual({ "events.ndjson": "" });
  });

  it("gives back the keys of what it accepted and nobody committed, stream by stream", async () => {
    const folder = tempFolder();
    const [one, two, three] = [recordKey("1"), recordKey("2"), recordKey("3")];
    const first = spool(folder);
    await first.sink.write(bytes("1\n"), { stream: "a", keys: [one] });
    await first.sink.write(bytes("2\n"), { stream: "b", keys: [two] });
    await first.write("a heartbeat has no key\n");
    first.sink.committed!("a");
    await first.sink.write(bytes("3\n"), { stream: "b", keys: [three] });
    // Not closed: as after a kill.
    const second = spool(folder);
    const hex = (stream: string) => second.sink.accepted!(stream).map((key) => Array.from(key).join());
    expect(hex("a")).toEqual([]);
    expect(hex("b")).toEqual([two, three].map((key) => Array.from(key).join()));
    second.sink.committed!("b");
    expect(hex("b")).toEqual([]);
    expect(spool(folder).sink.accepted!("b")).toEqual([]);
  });

  it("completes the write that was under way, without taking anything from who follows the file", async () => {
    const folder = tempFolder();
    const keys = [recordKey("1"), recordKey("2")];
    const first = spool(folder);
    await first.write("before\n");
    await first.sink.write(bytes("one\ntwo\n"), { stream: "a", keys });
    truncateSync(first.path, "before\none\nt".length);
    const second = spool(folder);
    expect(second.files()).toEqual({ "events.ndjson": "before\none\ntwo\n" });
    expect(second.sink.accepted!("a")).toHaveLength(2);
    expect(second.notes.join()).toContain("the 3 bytes missing were added");
  });

  it("lets records come again rather than trust a journal of another file", async () => {
    const folder = tempFolder();
    const first = spool(folder);
    await first.sink.write(bytes("one\n"), { stream: "a", keys: [recordKey("1")] });
    writeFileSync(first.path, "something else\n");
    const second = spool(folder);
    expect(second.sink.accepted!("a")).toEqual([]);
    expect(second.files()).toEqual({ "events.ndjson": "something else\n" });
    expect(second.notes.join()).toContain("its last 1 records come again");
  });

  it.each([
    ["a folder", (path: string) => mkdirSync(path), "EISDIR"],
    ["a symbolic link", (path: string) => symlinkSync("elsewhere", path), "ELOOP"],
  ])("is no %s", (_, make, words) => {
    const folder = tempFolder();
    make(join(folder, "events.ndjson"));
    expect(() => spool(folder)).toThrow(
      expect.objectContaining({ code: "sink-unusable", message: expect.stringContaining(words) }),
    );
  });

  it("belongs to one holder of its lock", async () => {
    const folder = tempFolder();
    let isHeld = false;
    const locker: FileLocker = () => {
      if (isHeld) return { status: "busy" };
      isHeld = true;
      return { status: "locked", release: () => isHeld = false };
    };
    const { sink } = spool(folder, { locker });
    expect(() => spool(folder, { locker })).toThrow(
      expect.objectContaining({ code: "sink-unusable", message: expect.stringContaining("another process") }),
    );
    await sink.close();
    await spool(folder, { locker }).sink.close();
  });
});
