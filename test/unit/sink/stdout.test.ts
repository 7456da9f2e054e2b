import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLineMark } from "../../../src/sink/lineMark.ts";
import { createStdoutSink } from "../../../src/sink/stdout.ts";
import { handClock } from "../../support/handClock.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const ending = () => ({ stop: new AbortController().signal, clock: handClock() });
const mark = (output: string | null = "12:34", folder = tempFolder()) =>
  createLineMark(join(folder, ".stdout"), output);

describe("standard output", () => {
  it("takes one write at a time, so that lines of different streams never mix", async () => {
    const taken: string[] = [];
    let inside = 0;
    const sink = createStdoutSink(
      async (lines) => {
        expect(++inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        taken.push(new TextDecoder().decode(lines));
        inside--;
      },
      ending(),
      mark(),
    );
    await Promise.all(["a\n", "b\n", "c\n"].map((line) => sink.write(bytes(line))));
    expect(taken).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("accepts when the write has ended, not before", async () => {
    let release = () => {};
    const sink = createStdoutSink(() => new Promise((resolve) => release = resolve), ending(), mark());
    let accepted = false;
    const writing = sink.write(bytes("a\n")).then(() => accepted = true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(accepted).toBe(false);
    release();
    await writing;
    expect(accepted).toBe(true);
  });

  it("says that its reader is gone, and tries no more after that", async () => {
    let writes = 0;
    const sink = createStdoutSink(
      () => {
        writes++;
        return Promise.reject(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
      },
      ending(),
      mark(),
    );
    await expect(sink.write(bytes("a\n"))).rejects.toMatchObject({
      code: "sink-closed",
      kind: { exitCode: 4 },
    });
    await expect(sink.write(bytes("b\n"))).rejects.toMatchObject({ code: "sink-closed" });
    expect(writes).toBe(1);
  });
});

describe("standard output that outlives its writer", () => {
  /** A process with this output: what it writes, and an end in the middle of a line when it is told to. */
  function live(folder: string, output: string | null = "12:34") {
    let text = "";
    let stuck = false;
    const write = (lines: Uint8Array) => {
      text += new TextDecoder().decode(stuck ? lines.subarray(0, lines.length >> 1) : lines);
      return stuck ? new Promise<void>(() => {}) : Promise.resolve();
    };
    const clock = handClock();
    const sink = createStdoutSink(write, { ...ending(), clock }, mark(output, folder));
    return {
      write: (line: string) => sink.write(bytes(line)),
      /** As by a kill: nothing is closed. */
      async dieInside(line: string) {
        stuck = true;
        void sink.write(bytes(line));
        await new Promise((resolve) => setImmediate(resolve));
      },
      close: () => sink.close(),
      /** Nothing is written for a while. */
      async pause() {
        for (let tenth = 0; tenth < 3; tenth++) {
          clock.advance(100);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      get text() {
        return text;
      },
    };
  }

  it("gets the half line of a killed process ended before the next one, and only then", async () => {
    const folder = tempFolder();
    const first = live(folder);
    await first.write("a\n");
    await first.dieInside("bbbb\n");
    const second = live(folder);
    await second.write("bbbb\n");
    await second.write("c\n");
    await second.pause();
    expect(first.text + second.text).toBe("a\nbb\nbbbb\nc\n");
    // Killed while it was quiet, then ended in good order.
    const third = live(folder);
    await third.write("d\n");
    await third.close();
    const fourth = live(folder);
    await fourth.write("e\n");
    expect(third.text + fourth.text).toBe("d\ne\n");
  });

  it("gets it ended although the next process was killed in its first line, too", async () => {
    const folder = tempFolder();
    await live(folder).dieInside("aaaa\n");
    await live(folder).dieInside("aaaa\n");
    const third = live(folder);
    await third.write("aaaa\n");
    expect(third.text).toBe("\naaaa\n");
  });

  it("is not another one: a new pipe begins with its first line, and the old one is remembered meanwhile", async () => {
    const folder = tempFolder();
    await live(folder, "12:1").dieInside("aaaa\n");
    const byHand = live(folder, "12:2");
    await byHand.write("aaaa\n");
    await byHand.close();
    const old = live(folder, "12:1");
    await old.write("b\n");
    await old.pause();
    expect([byHand.text, old.text]).toEqual(["aaaa\n", "\nb\n"]);
    const once = live(folder, "12:1");
    await once.write("c\n");
    expect(once.text).toBe("c\n");
  });

  it("is ended for safety where outputs cannot be told apart, or where what was remembered is damaged", async () => {
    const folder = tempFolder();
    await live(folder, null).dieInside("aaaa\n");
    const next = live(folder, null);
    await next.write("b\n");
    expect(next.text).toBe("\nb\n");
    writeFileSync(join(folder, ".stdout"), "\0\0\0");
    const after = live(folder);
    await after.write("c\n");
    expect(after.text).toBe("\nc\n");
  });

  it("gets an empty line, and no more, where the killed process had just ended its line", async () => {
    const folder = tempFolder();
    await live(folder).write("a\n");
    const next = live(folder);
    await next.write("b\n");
    await next.pause();
    // Quiet, busy again, and closed at once.
    await next.write("c\n");
    await next.close();
    const last = live(folder);
    await last.write("d\n");
    expect(next.text + last.text).toBe("\nb\nc\nd\n");
  });

  it("stays marked where the last write never ended", async () => {
    const folder = tempFolder();
    const first = live(folder);
    await first.dieInside("aaaa\n");
    await first.pause();
    await first.close();
    const next = live(folder);
    await next.write("b\n");
    expect(next.text).toBe("\nb\n");
  });

  it("is marked by two small writes for all that follow each other", async () => {
    const taken: string[] = [];
    const clock = handClock();
    const remembered = {
      begin: () => taken.push("begin") < 0,
      end: () => void taken.push("end"),
      close: () => {},
    };
    const sink = createStdoutSink(() => Promise.resolve(), { ...ending(), clock }, remembered);
    for (let piece = 0; piece < 100; piece++) {
      await sink.write(bytes("a\n"));
      clock.advance(10);
    }
    await sink.close();
    expect(taken).toEqual(["begin", "end"]);
  });

  it("remembers a few outputs only", async () => {
    const folder = tempFolder();
    for (let pipe = 0; pipe < 100; pipe++) await live(folder, `12:${pipe}`).dieInside("aaaa\n");
    expect(readFileSync(join(folder, ".stdout"), "utf8").split("\n").length).toBeLessThan(40);
  });

  it("leaves no trace while nothing is written", async () => {
    const folder = tempFolder();
    await live(folder).close();
    expect(() => readFileSync(join(folder, ".stdout"))).toThrow("ENOENT");
  });
});
