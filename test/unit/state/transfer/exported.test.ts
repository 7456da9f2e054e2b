import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportedStream, exportEnd } from "../../../../src/state/transfer/exported.ts";
import { recordKey } from "../../../../src/record/keyMaker.ts";
import { emptyPosition } from "../../../../src/state/position.ts";
import { neededSince } from "../../../support/seenFolder.ts";
import { freshFolder, stateIn } from "../../../support/state.ts";

const address = { inputId: "1", service: "signIns" };

describe("an exported stream", () => {
  it("is all that is durable of it, as lines with a digest", () => {
    const state = stateIn(freshFolder());
    const stream = state.stream(address);
    stream.seen().add(recordKey("a"));
    stream.commitInFile({ ...emptyPosition(), records: 7 });
    const lines = [...state.exported(address)!];
    expect(lines.every((line) => line.endsWith("\n") && !line.slice(0, -1).includes("\n"))).toBe(true);
    const [first, keys, last] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ export: 1, checkpoint: { input_id: "1", records: 7 }, gaps: [] });
    expect(keys).toMatchObject({ seen: "2026-11-22T00:00:00.000Z" });
    expect(Buffer.from(keys.keys, "base64").includes(Buffer.from(recordKey("a")))).toBe(true);
    expect(last).toEqual({
      digest: createHash("sha256").update(lines.slice(0, -1).join("")).digest("hex"),
    });
    expect(JSON.parse(exportEnd(1))).toEqual({ export: 1, streams: 1 });
  });

  it("goes in lines of a megabyte, however many keys a day has", () => {
    const state = stateIn(freshFolder());
    const stream = state.stream(address);
    for (let key = 0; key < 100_000; key++) stream.seen().add(recordKey(String(key)));
    stream.commitInFile(emptyPosition());
    const lines = [...state.exported(address)!];
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(1_100_000);
  });

  it("is of one moment beside its process: keys of later commits do no harm, and no half one is in it", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    const stream = state.stream(address);
    stream.seen().add(recordKey("a"));
    stream.commitInFile({ ...emptyPosition(), records: 1 });
    const looking = stateIn(dir, { readOnly: true });
    const lines = [...looking.exported(address)!];
    stream.seen().add(recordKey("b"));
    stream.commitInFile({ ...emptyPosition(), records: 2 });
    expect(JSON.parse(lines[0]!).checkpoint.records).toBe(1);
    expect(JSON.parse([...looking.exported(address)!][0]!).checkpoint.records).toBe(2);
  });

  it("beside a process that drops keys has those that its position needs", () => {
    const at = (day: number) => Date.UTC(2026, 10, day, 12);
    let now = at(10);
    const dir = freshFolder();
    const state = stateIn(dir, { now: () => now });
    const stream = state.stream(address);
    const deliver = (name: string, records: number) => {
      stream.seen().add(recordKey(name));
      stream.commitInFile({ ...emptyPosition(), records });
    };
    deliver("a", 1);
    now = at(12);
    deliver("b", 2);
    const looking = stateIn(dir, { readOnly: true }).stream(address);
    let isDone = false;
    /** The process goes on just after the position was looked up. */
    const loadPosition = () => {
      const position = looking.loadPosition();
      if (!isDone) {
        deliver("c", 3);
        stream.seen().expire(neededSince(at(11)));
      }
      isDone = true;
      return position;
    };
    const lines = [...exportedStream({ ...looking, loadPosition }, join(stream.dir, "seen"), address)!];
    expect(JSON.parse(lines[0]!).checkpoint.records).toBe(3);
    expect(lines.filter((line) => line.startsWith('{"seen"'))).toHaveLength(1);
  });

  it("is none without a position", () => {
    expect(stateIn(freshFolder()).exported(address)).toBeNull();
  });
});
