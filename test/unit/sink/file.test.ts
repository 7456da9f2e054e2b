import { Buffer } from "node:buffer";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FileLocker } from "../../../src/files/lock.ts";
import { createAcceptedKeys } from "../../../src/sink/acceptedKeys.ts";
import { type FileSinkOptions, openFileSink } from "../../../src/sink/file.ts";
import { openJournal } from "../../../src/sink/spoolJournal.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const START = Date.UTC(2026, 10, 22, 16);
/** The name of a file that was made so many milliseconds after {@linkcode START}. */
const made = (ms = 0) => `events.ndjson.${new Date(START + ms).toISOString().replace(/[-:]/g, "")}`;

/** What version 0.1 left: the file that it wrote has no more than the spool's name. */
function earlier(folder: string, text: string, changedMs = START - 60_000): string {
  const path = join(folder, "events.ndjson");
  writeFileSync(path, text, { mode: 0o600 });
  utimesSync(path, changedMs / 1000, changedMs / 1000);
  return path;
}
const plain = (keys: readonly Uint8Array[]) => keys.map((key) => Array.from(key).join());
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
  /** Names that a pattern finds, and what is in them. */
  const files = () =>
    Object.fromEntries(
      readdirSync(folder).filter((name) => !name.startsWith(".")).sort()
        .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
  return {
    sink,
    notes,
    advance: (ms: number) => nowMs += ms,
    write: (text: string) => sink.write(bytes(text)),
    files,
    /** The file that is written. */
    current: () => join(folder, Object.keys(files()).at(-1)!),
  };
}

describe("a spool", () => {
  it("appends lines to what is there, in files that only we can read", async () => {
    const folder = tempFolder();
    const first = spool(folder);
    await first.write("a\n");
    await first.sink.close();
    const { write, files, sink } = spool(folder, { now: () => START + 1000 });
    await write("b\nc\n");
    await sink.close();
    expect(files()).toEqual({ [made()]: "a\nb\nc\n" });
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual(modes.map(() => 0o600));
  });

  it("begins another file before one would become too large, under names in the order of time", async () => {
    const { write, files, advance } = spool(tempFolder(), { rotateBytes: 8 });
    for (const line of ["aaa\n", "bbb\n", "ccc\n", "a line that is larger\n", "d\n"]) {
      await write(line);
      advance(1);
    }
    expect(files()).toEqual({
      [made()]: "aaa\nbbb\n",
      [made(2)]: "ccc\n",
      [made(3)]: "a line that is larger\n",
      [made(4)]: "d\n",
    });
  });

  it("never gives a file another name, or another file its name", async () => {
    const folder = tempFolder();
    const names = new Map<number, string>();
    let { sink, write, advance } = spool(folder, { rotateBytes: 6 });
    for (let round = 0; round < 20; round++) {
      await write(`${round}\n`);
      advance(1000);
      for (const name of readdirSync(folder).filter((name) => name.startsWith("events"))) {
        const { ino } = statSync(join(folder, name));
        expect(names.get(ino) ?? name).toBe(name);
        names.set(ino, name);
      }
      if (round % 5 !== 4) continue;
      await sink.close();
      ({ sink, write, advance } = spool(folder, { rotateBytes: 6, now: () => START + round * 1000 }));
    }
    expect(new Set(names.values()).size).toBe(names.size);
  });

  it("begins another file when the first line of one is old", async () => {
    const { write, files, advance } = spool(tempFolder());
    await write("a\n");
    advance(59_999);
    await write("b\n");
    advance(1);
    await write("c\n");
    expect(Object.values(files())).toEqual(["a\nb\n", "c\n"]);
  });

  it("keeps the order of names when the clock was set back", async () => {
    const { write, files, advance } = spool(tempFolder(), { rotateBytes: 2 });
    await write("a\n");
    await write("b\n");
    advance(-5000);
    await write("c\n");
    expect(Object.values(files())).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("tells what all its files hold, without those that others deleted", async () => {
    const folder = tempFolder();
    const { write, sink } = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await write("aaa\n");
    await write("bb\n");
    expect(sink.figures!().spool).toEqual({ bytes: 7, limitBytes: 10 });
    rmSync(join(folder, made()));
    expect(sink.figures!().spool).toEqual({ bytes: 3, limitBytes: 10 });
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
    expect(Object.values(files()).join("")).toBe("aaa\nbbb\n");
    rmSync(join(folder, made()));
    const again = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await again.write("ccc\n");
    expect(Object.values(again.files()).join("")).toBe("bbb\nccc\n");
  });

  it("deletes files that ended long ago, its own only, when it begins another and when it starts", async () => {
    const folder = tempFolder();
    const options = { rotateBytes: 2, keepSeconds: 100 };
    const { write, files, advance, sink } = spool(folder, options);
    writeFileSync(join(folder, "events.ndjson.old"), "mine\n");
    for (const text of ["a\n", "b\n", "c\n"]) {
      await write(text);
      advance(60_000);
    }
    expect(Object.values(files())).toEqual(["a\n", "b\n", "c\n", "mine\n"]);
    await write("d\n");
    expect(Object.values(files())).toEqual(["b\n", "c\n", "d\n", "mine\n"]);
    await sink.close();
    spool(folder, { ...options, now: () => START + 3_600_000 });
    expect(Object.values(files())).toEqual(["d\n", "mine\n"]);
  });

  it("deletes nothing unless it is told to", async () => {
    const { write, files, advance } = spool(tempFolder(), { rotateBytes: 2 });
    for (const text of ["a\n", "b\n", "c\n"]) {
      await write(text);
      advance(10 * 365 * 86_400_000);
    }
    expect(Object.values(files())).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("notices within a run that older files were deleted", async () => {
    const folder = tempFolder();
    const { write, files } = spool(folder, { rotateBytes: 4, maxSpoolBytes: 10 });
    await write("aaa\n");
    await write("bbb\n");
    rmSync(join(folder, made()));
    await write("ccc\n");
    expect(Object.values(files()).join("")).toBe("bbb\nccc\n");
  });

  it("cuts a torn last line that nothing can complete", async () => {
    const folder = tempFolder();
    const long = "x".repeat(200_000);
    for (const torn of ["half", long]) {
      writeFileSync(join(folder, made()), `whole\n${torn}`);
      const { write, files, notes, sink } = spool(folder, { rotateBytes: 1e6 });
      await write("next\n");
      await sink.close();
      expect(files()).toEqual({ [made()]: "whole\nnext\n" });
      expect(notes.join()).toContain(`its last ${torn.length} bytes were cut off`);
    }
    writeFileSync(join(folder, made()), "no line feed at all");
    expect(spool(folder).files()).toEqual({ [made()]: "" });
  });

  it("gives back the keys of what it accepted and nobody committed, stream by stream", async () => {
    const folder = tempFolder();
    const [one, two, three] = [recordKey("1"), recordKey("2"), recordKey("3")];
    const first = spool(folder);
    await first.sink.write(bytes("1\n"), { stream: "a", keys: one });
    await first.sink.write(bytes("2\n"), { stream: "b", keys: two });
    await first.write("a heartbeat has no key\n");
    first.sink.committed!("a");
    await first.sink.write(bytes("3\n"), { stream: "b", keys: three });
    // Not closed: as after a kill.
    const second = spool(folder);
    const hex = (stream: string) => plain(second.sink.accepted!(stream));
    expect(hex("a")).toEqual([]);
    expect(hex("b")).toEqual(plain([two, three]));
    second.sink.committed!("b");
    expect(hex("b")).toEqual([]);
    expect(spool(folder).sink.accepted!("b")).toEqual([]);
  });

  it("completes the write that was under way, without taking anything from who follows the file", async () => {
    const folder = tempFolder();
    const keys = [recordKey("1"), recordKey("2")];
    const first = spool(folder);
    await first.write("before\n");
    await first.sink.write(bytes("one\ntwo\n"), { stream: "a", keys: Buffer.concat(keys) });
    truncateSync(first.current(), "before\none\nt".length);
    const second = spool(folder);
    expect(second.files()).toEqual({ [made()]: "before\none\ntwo\n" });
    expect(second.sink.accepted!("a")).toHaveLength(2);
    expect(second.notes.join()).toContain("the 3 bytes missing were added");
  });

  it("lets records come again rather than trust a journal of another file", async () => {
    const folder = tempFolder();
    const first = spool(folder);
    await first.sink.write(bytes("one\n"), { stream: "a", keys: recordKey("1") });
    writeFileSync(first.current(), "something else\n");
    const second = spool(folder);
    expect(second.sink.accepted!("a")).toEqual([]);
    expect(second.files()).toEqual({ [made()]: "something else\n" });
    expect(second.notes.join()).toContain("its last 1 records come again");
  });

  it("goes on with the file of version 0.1, then leaves it as it is: rotated files, journal and all", async () => {
    const folder = tempFolder();
    const key = recordKey("1");
    const journal = openJournal(join(folder, ".events.ndjson.journal"), createAcceptedKeys(), 1e6);
    const lines = bytes("one\ntwo\n");
    journal.append({ kind: "lines", stream: "a", keys: key, offset: 7, lines });
    journal.close();
    writeFileSync(join(folder, made(-3_600_000)), "rotated\n");
    // Killed in the middle of a line.
    earlier(folder, "before\none\nt");
    const { write, files, advance, sink, notes } = spool(folder, { rotateBytes: 20 });
    expect(plain(sink.accepted!("a"))).toEqual(plain([key]));
    expect(notes.join()).toContain("the 3 bytes missing were added");
    const { ino } = statSync(join(folder, "events.ndjson"));
    await write("x\n");
    advance(1000);
    await write("larger\n");
    const next = Object.keys(files()).at(-1)!;
    expect(files()).toEqual({
      [made(-3_600_000)]: "rotated\n",
      "events.ndjson": "before\none\ntwo\nx\n",
      [next]: "larger\n",
    });
    expect(statSync(join(folder, "events.ndjson")).ino).toBe(ino);
    await sink.close();
    await spool(folder).write("y\n");
    expect(files()[next]).toBe("larger\ny\n");
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

/** What somebody does to the file that is written. */
type Meddling = (file: string) => void;

describe("a spool whose file somebody else changes while it is written", () => {
  const meddlings: [string, Meddling, RegExp][] = [
    ["removed", (file) => rmSync(file), /was removed/],
    ["moved away", (file) => renameSync(file, `${file}.old`), /was removed/],
    ["moved away, and an empty one put in its place", (file) => {
      renameSync(file, `${file}.old`);
      writeFileSync(file, "");
    }, /was replaced/],
    ["copied and cut to nothing", (file) => {
      copyFileSync(file, `${file}.old`);
      truncateSync(file, 0);
    }, /was cut short/],
    ["cut in the middle", (file) => truncateSync(file, 3), /was cut short/],
    ["appended to", (file) => appendFileSync(file, "half a line"), /written by another program/],
    ["removed with its folder", (file) => rmSync(dirname(file), { recursive: true }), /was removed/],
  ];

  it.each(meddlings)("%s: later lines are in a file, whole, and the log says it", async (_, meddle, said) => {
    const folder = join(tempFolder(), "spool");
    const { sink, write, files, notes, current } = spool(folder);
    await write("a\n");
    await write("b\n");
    meddle(current());
    await sink.write(bytes("c\n"), { stream: "s", keys: recordKey("c") });
    await write("d\n");
    const all = Object.values(files());
    expect(all.filter((text) => text.includes("c"))).toEqual(["c\nd\n"]);
    expect(all.join("")).not.toContain("\0");
    expect(notes).toEqual([expect.stringMatching(said)]);
    // Killed here, the next process still knows what was accepted.
    expect(plain(spool(folder).sink.accepted!("s"))).toEqual(plain([recordKey("c")]));
  });

  it("in the very moment of a write: the lines are written again", async () => {
    const folder = tempFolder();
    let meddle = () => {};
    const { sink, write, files, current } = spool(folder);
    await write("a\n");
    const file = current();
    meddle = () => rmSync(file);
    // The keys are asked for when the journal is written, which is after the file was looked at.
    await sink.write(bytes("b\n"), {
      stream: "s",
      get keys() {
        meddle();
        meddle = () => {};
        return recordKey("b");
      },
    });
    expect(Object.values(files())).toEqual(["b\n"]);
    expect(sink.accepted!("s")).toEqual([recordKey("b")]);
  });

  it("as another process does that a missing lock let in: each line is there once, and whole", async () => {
    const folder = tempFolder();
    const [one, other] = [spool(folder), spool(folder)];
    for (let line = 0; line < 10; line++) {
      await one.write(`one ${line}\n`);
      await other.write(`other ${line}\n`);
    }
    const lines = Object.values(one.files()).join("").split("\n").slice(0, -1);
    const wanted = Array.from({ length: 10 }, (_, line) => [`one ${line}`, `other ${line}`]).flat();
    expect(lines.sort()).toEqual(wanted.sort());
  });

  it("again and again: the write is refused, and nothing counts as accepted", async () => {
    const { sink, current } = spool(tempFolder());
    const refused = sink.write(bytes("a\n"), {
      stream: "s",
      get keys() {
        rmSync(current());
        return recordKey("a");
      },
    });
    await expect(refused).rejects.toMatchObject({
      code: "sink-unusable",
      message: expect.stringContaining("taken away"),
    });
    expect(sink.accepted!("s")).toEqual([]);
  });
});

describe("a spool that another user reads", () => {
  it("gives its files and the folders that it makes the mode and the group that it was told, whatever the umask", async () => {
    const folder = join(tempFolder(), "one", "two");
    const group = process.getgid!();
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const { write, files, sink } = spool(folder, { rotateBytes: 2, access: { mode: 0o640, group } });
    await write("a\n");
    await write("b\n");
    const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
    expect([dirname(folder), folder].map(modeOf)).toEqual(["750", "750"]);
    expect(Object.keys(files()).map((name) => modeOf(join(folder, name)))).toEqual(["640", "640"]);
    expect(modeOf(join(folder, ".events.ndjson.journal"))).toBe("600");
    await sink.close();
    await spool(folder, { access: { mode: 0o660 } }).sink.close();
    expect(Object.keys(files()).map((name) => modeOf(join(folder, name)))).toEqual(["640", "660"]);
    expect(modeOf(folder), "a folder that was there").toBe("750");
  });
});
