import { describe, expect, it } from "vitest";
import { createStdoutSink } from "../../../src/sink/stdout.ts";
import { handClock } from "../../support/handClock.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const ending = () => ({ stop: new AbortController().signal, clock: handClock() });

describe("standard output", () => {
  it("takes one write at a time, so that lines of different streams never mix", async () => {
    const taken: string[] = [];
    let inside = 0;
    const sink = createStdoutSink(async (lines) => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      taken.push(new TextDecoder().decode(lines));
      inside--;
    }, ending());
    await Promise.all(["a\n", "b\n", "c\n"].map((line) => sink.write(bytes(line))));
    expect(taken).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("accepts when the write has ended, not before", async () => {
    let release = () => {};
    const sink = createStdoutSink(() => new Promise((resolve) => release = resolve), ending());
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
    const sink = createStdoutSink(() => {
      writes++;
      return Promise.reject(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    }, ending());
    await expect(sink.write(bytes("a\n"))).rejects.toMatchObject({
      code: "sink-closed",
      kind: { exitCode: 4 },
    });
    await expect(sink.write(bytes("b\n"))).rejects.toMatchObject({ code: "sink-closed" });
    expect(writes).toBe(1);
  });
});
