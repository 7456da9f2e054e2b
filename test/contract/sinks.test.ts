/** What every sink promises, as `src/sink/README.md` has it; the checks there have the names of the tests here. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorKinds, GraphtapError } from "../../src/errors.ts";
import { recordKey } from "../../src/record/keyMaker.ts";
import { projectFolder } from "../support/project.ts";
import { LARGE_LINE, type Opened, subjects, until } from "./sinkSubjects.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (keys: readonly Uint8Array[]) => keys.map((key) => Array.from(key).join("."));
const stopped = () => new GraphtapError("stopped", "stopped by SIGTERM");

/** Three lines that nobody else writes. */
const linesOf = (writer: number) => [0, 1, 2].map((n) => `{"writer":${writer},"n":${n}}\n`).join("");

/** What became of a write, without waiting for it. */
function watch(write: Promise<void>): { came: string } {
  const watched = { came: "nothing yet" };
  write.then(() => watched.came = "accepted", (error: GraphtapError) => watched.came = error.code);
  return watched;
}

/** Lets everything happen that can happen without time. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** Writes what the other side refuses. */
async function refused({ sink, become }: Opened): Promise<GraphtapError> {
  become("refuses");
  return await sink.write(bytes(LARGE_LINE), { stream: "refused", keys: recordKey("refused") }).then(
    () => expect.fail("the write was accepted"),
    (error) => error,
  );
}

describe.each(subjects)("$name", (subject) => {
  it("delivers whole lines in order, and only accepts what the other side has", async () => {
    const { sink, taken } = await subject.open();
    let sent = "";
    for (let writer = 0; writer < 5; writer++) {
      await sink.write(bytes(linesOf(writer)));
      sent += linesOf(writer);
      expect(taken()).toBe(sent);
    }
    await sink.close();
  });

  it("serves many writers one after the other, in the order in which they came", async () => {
    const { sink, taken } = await subject.open();
    const writers = Array.from({ length: 20 }, (_, writer) => writer);
    await Promise.all(writers.map((writer) => sink.write(bytes(linesOf(writer)))));
    expect(taken()).toBe(writers.map(linesOf).join(""));
    await sink.close();
  });

  it("lets the bytes be used again after the write", async () => {
    const { sink, taken } = await subject.open();
    const buffer = bytes(linesOf(1));
    await sink.write(buffer);
    buffer.fill(0x21);
    await sink.write(bytes(linesOf(2)));
    expect(taken()).toBe(linesOf(1) + linesOf(2));
    await sink.close();
  });

  it("takes nothing more after a failure, which says that what was accepted is kept", async () => {
    const opened = await subject.open();
    const { sink, taken, become } = opened;
    await sink.write(bytes(linesOf(1)));
    const error = await refused(opened);
    expect(error).toMatchObject({
      code: subject.refusal,
      kind: { keepsAccepted: true, isFault: true, recovery: "exit", exitCode: 4 },
    });
    become("takes");
    await expect(sink.write(bytes(linesOf(2)))).rejects.toBe(error);
    expect(taken()).toBe(linesOf(1));
  });

  it("fails the writes that wait behind a failure, too", async () => {
    const { sink, become } = await subject.open();
    become("refuses");
    const writes = [LARGE_LINE, linesOf(1), linesOf(2)].map((text) => watch(sink.write(bytes(text))));
    await until(() => writes.every(({ came }) => came !== "nothing yet"));
    expect(writes.map(({ came }) => came)).toEqual(writes.map(() => subject.refusal));
  });

  it.skipIf(subject.stopsAtOnce)(
    "still takes lines after a stop, while the other side takes them",
    async () => {
      const { sink, stop, taken } = await subject.open();
      stop.abort(stopped());
      await sink.write(bytes(linesOf(1)));
      expect(taken()).toBe(linesOf(1));
      await sink.close();
    },
  );

  it.skipIf(subject.gives === null)(
    "gives up on a side that takes nothing: in time, all writes at once, with sink-stalled",
    async () => {
      const { sink, stop, clock, become, met } = await subject.open();
      const { up, afterMs } = subject.gives!;
      become("stalls");
      const writes = [1, 2, 3].map((writer) => watch(sink.write(bytes(linesOf(writer)))));
      await met();
      if (up === "after a stop") {
        clock.advance(3_600_000);
        await quiet();
        expect(writes.map(({ came }) => came), "a stall alone ends nothing").toEqual(
          writes.map(() => "nothing yet"),
        );
        stop.abort(stopped());
      }
      clock.advance(afterMs - 1);
      await quiet();
      expect(writes.map(({ came }) => came)).toEqual(writes.map(() => "nothing yet"));
      clock.advance(1);
      await until(() => writes.every(({ came }) => came !== "nothing yet"));
      expect(writes.map(({ came }) => came)).toEqual(writes.map(() => "sink-stalled"));
      become("takes");
      await expect(sink.write(bytes(linesOf(4)))).rejects.toMatchObject({ code: "sink-stalled" });
    },
  );

  it.runIf(subject.accepted === "nothing")("does not claim to know what it accepted", async () => {
    const { sink } = await subject.open();
    expect([sink.accepted, sink.committed]).toEqual([undefined, undefined]);
  });

  it.skipIf(subject.accepted === "nothing")(
    "tells what it accepted of each stream, after a failure too, until that is committed",
    async () => {
      const opened = await subject.open();
      const { sink } = opened;
      const keys = [1, 2, 3, 4].map((n) => recordKey(String(n)));
      await sink.write(bytes("1\n2\n"), { stream: "a", keys: Buffer.concat(keys.slice(0, 2)) });
      await sink.write(bytes("a heartbeat is no record\n"));
      await sink.write(bytes("3\n"), { stream: "b", keys: keys[2]! });
      await sink.write(bytes("4\n"), { stream: "a", keys: Buffer.concat(keys.slice(3)) });
      await refused(opened);
      const told = () => ["a", "b", "refused", "other"].map((stream) => hex(sink.accepted!(stream)));
      const [one, two, three, four] = hex(keys);
      expect(told()).toEqual([[one, two, four], [three], [], []]);
      sink.committed!("a");
      expect(told()).toEqual([[], [three], [], []]);
      sink.committed!("a");
      sink.committed!("other");
      sink.committed!("b");
      expect(told()).toEqual([[], [], [], []]);
    },
  );

  it.skipIf(subject.accepted === "nothing")("tells a new process as much as it can know", async () => {
    const first = await subject.open();
    const keys = [recordKey("1"), recordKey("2")];
    await first.sink.write(bytes("1\n"), { stream: "a", keys: keys[0]! });
    await first.sink.write(bytes("2\n"), { stream: "b", keys: Buffer.concat(keys.slice(1)) });
    first.sink.committed!("a");
    const second = await first.again();
    const kept = subject.accepted === "in the next process, too" ? hex(keys.slice(1)) : [];
    expect([hex(second.sink.accepted!("a")), hex(second.sink.accepted!("b"))]).toEqual([[], kept]);
    second.sink.committed!("b");
    await second.sink.write(bytes("3\n"));
    expect(hex((await second.again()).sink.accepted!("b"))).toEqual([]);
    expect(second.taken()).toBe("1\n2\n3\n");
  });

  it("lets go of everything when it is closed, also after a stop", async () => {
    const { sink, stop, clock, expectReleased } = await subject.open();
    await sink.write(bytes(linesOf(1)));
    stop.abort(stopped());
    await sink.close();
    await expectReleased();
    expect(clock.sleeping, "nothing waits for a time any more").toEqual([]);
  });

  it("is a plain object: who wraps it by its members loses nothing", async () => {
    const { sink, taken } = await subject.open();
    const wrapped = { ...sink };
    await wrapped.write(bytes(linesOf(1)), {
      stream: "a",
      keys: Buffer.concat([1, 2, 3].map((n) => recordKey(String(n)))),
    });
    expect(taken()).toBe(linesOf(1));
    expect(wrapped.accepted?.("a").length ?? 3).toBe(3);
    wrapped.committed?.("a");
    expect(wrapped.accepted?.("a").length ?? 0).toBe(0);
    await wrapped.close();
  });
});

describe("the guide for who writes a sink", () => {
  const guide = readFileSync(join(projectFolder, "src/sink/README.md"), "utf8").replace(/\s+/g, " ");

  it("names each of these checks", () => {
    const source = readFileSync(new URL(import.meta.url), "utf8").split("the guide for who writes")[0]!;
    const checks = [...source.matchAll(/\bit(?:\.\w+\(.*\))?\(\s*"([^"]+)"/g)].map(([, title]) => title!);
    expect(checks.length).toBeGreaterThan(10);
    expect(checks.filter((title) => !guide.includes(title))).toEqual([]);
  });

  it("names each code that a sink may fail with", () => {
    const codes = Object.entries(errorKinds).filter(([, { keepsAccepted }]) => keepsAccepted);
    expect(codes.filter(([code]) => !guide.includes(`| \`${code}\` |`))).toEqual([]);
  });
});
