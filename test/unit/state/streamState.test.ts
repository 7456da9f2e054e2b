/** The position of each page lies behind its keys in the seen set, until a poll ends and it gets a file of its own. */
import { Buffer } from "node:buffer";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodePosition } from "../../../src/state/checkpoint.ts";
import { neededSince } from "../../support/seenFolder.ts";
import {
  address,
  at,
  crashed,
  deliver,
  expectAfterChange,
  expectAfterCut,
  file,
  folder,
  found,
  FOUR,
  keysOf,
  killedAtFour,
  last,
  open,
  segments,
  settle,
  underWay,
} from "../../support/pagesOnDisk.ts";
import { freshFolder, stateIn, withoutChecksum } from "../../support/state.ts";

const DAY = 86_400_000;

describe("a page's position", () => {
  it("comes back with its keys after a crash, although its file was not written", () => {
    const root = killedAtFour();
    expect(readFileSync(file(root), "utf8")).toContain(`"records": 2`);
    expect(found(open(root))).toEqual({ page: 4, pages: [1, 2, 3, 4] });
    expect(readFileSync(file(root), "utf8"), "in order for people, too").toContain(`"records": 4`);
  });

  it("is in the file when the poll has ended, and survives the next crash", () => {
    const root = killedAtFour();
    const stream = open(root);
    stream.loadPosition();
    settle(stream, 5);
    expect(found(open(crashed(root)))).toEqual({ page: 5, pages: [1, 2, 3, 4] });
    deliver(stream, 6);
    deliver(stream, 7);
    expect(found(open(crashed(root)))).toEqual({ page: 7, pages: [1, 2, 3, 4, 6, 7] });
  });

  it("of pages without a new record waits for the end of the poll, or a quiet stream would grow for ever", () => {
    const root = killedAtFour();
    const stream = open(root);
    stream.loadPosition();
    deliver(stream, 4);
    for (let page = 5; page <= 8; page++) stream.commit(at(page));
    expect(found(open(crashed(root)))).toEqual({ page: 4, pages: [1, 2, 3, 4] });
    stream.commitInFile(at(8));
    expect(found(open(crashed(root)))).toEqual({ page: 8, pages: [1, 2, 3, 4] });
  });

  it("is the newest whichever came last, the file or the keys, at every crash in a row", () => {
    let root = freshFolder();
    for (let page = 1; page <= 9; page++) {
      const stream = open(root);
      expect(stream.loadPosition()?.records ?? 0).toBe(page - 1);
      if (page % 3 === 0) settle(stream, page);
      else deliver(stream, page);
      if (page % 4 === 0) settle(stream, page);
      root = crashed(root);
    }
    expect(found(open(root))).toEqual({ page: 9, pages: [1, 2, 4, 5, 7, 8] });
  });

  it("over the end of a day is found in whichever segment it is", () => {
    let now = FOUR;
    const root = freshFolder();
    const stream = open(root, { now: () => now });
    for (let page = 1; page <= 6; page++) {
      deliver(stream, page);
      if (page % 2 === 0) now += DAY;
      expect(found(open(crashed(root))).page).toBe(page);
    }
    expect(segments(root)).toHaveLength(3);
  });
});

describe("a crash in the middle of a page's commit", () => {
  // `test/property/state/streamState.test.ts` tries every byte.
  it("has the pages before it, and never a position without its keys", () => {
    const commit = underWay();
    const { whole, begins, position } = commit;
    const ends = [begins, begins + 1, begins + 16, position - 1, position, position + 1, position + 16];
    for (const length of [...ends, whole.length - 1, whole.length]) expectAfterCut(commit, length);
  });

  it("that left a changed byte, as a power failure may, has the pages before it", () => {
    const commit = underWay();
    const { whole, begins, position } = commit;
    const places = [begins, begins + 4, begins + 8, begins + 20, position, position + 8, position + 40];
    for (const index of [...places, whole.length - 1]) expectAfterChange(commit, index);
  });

  it("that left zeros in the place of the keys has no position behind them", () => {
    const { root, whole, begins, position } = underWay();
    writeFileSync(last(root), Uint8Array.from(whole).fill(0, begins, position));
    expect(found(open(root, { report: () => {} }))).toEqual({ page: 3, pages: [1, 2, 3] });
  });
});

describe("a position among the keys", () => {
  it("does not count once the checkpoint was deleted: the stream begins, and keeps its keys", () => {
    const root = killedAtFour();
    rmSync(file(root));
    const stream = open(root);
    expect(found(stream)).toEqual({ page: null, pages: [1, 2, 3, 4] });
    deliver(stream, 7);
    deliver(stream, 8);
    expect(found(open(crashed(root)))).toEqual({ page: 8, pages: [1, 2, 3, 4, 7, 8] });
  });

  it("does not count once the checkpoint was set aside as damaged", () => {
    const root = killedAtFour();
    writeFileSync(file(root), "{");
    const stream = open(root, { report: () => {} });
    expect(found(stream)).toEqual({ page: null, pages: [1, 2, 3, 4] });
    settle(stream, 1);
    expect(found(open(crashed(root))).page).toBe(1);
  });

  it("is gone after a reset", () => {
    const root = killedAtFour();
    const stream = open(root);
    stream.reset();
    expect(found(stream)).toEqual({ page: null, pages: [] });
    deliver(stream, 1);
    expect(found(open(crashed(root)))).toEqual({ page: 1, pages: [1] });
  });

  it("is not used when it is another stream's", () => {
    const root = killedAtFour();
    const other = freshFolder();
    const neighbour = { inputId: "10001", service: "signOns" };
    cpSync(folder(root), join(other, "10001", "signOns"), { recursive: true });
    const path = join(other, "10001", "signOns", "checkpoint.json");
    writeFileSync(path, withoutChecksum(readFileSync(path, "utf8")).replace("signIns", "signOns"));
    expect(stateIn(other).stream(neighbour).loadPosition()?.records).toBe(2);
  });

  it("outlives the expiry of keys and the replacement of a snapshot", () => {
    let now = FOUR;
    const root = freshFolder();
    const stream = open(root, { now: () => now });
    deliver(stream, 1);
    settle(stream, 1);
    now += DAY;
    deliver(stream, 2);
    now += DAY;
    stream.seen().expire(neededSince(now));
    expect(found(open(crashed(root)))).toEqual({ page: 2, pages: [2] });
    settle(stream, 2);
    stream.seen().replaceWith(keysOf(3));
    expect(found(open(crashed(root)))).toEqual({ page: 2, pages: [3] });
    deliver(stream, 4);
    expect(found(open(crashed(root)))).toEqual({ page: 4, pages: [3, 4] });
    stream.seen().replaceWith([]);
    settle(stream, 5);
    deliver(stream, 6);
    expect(found(open(crashed(root)))).toEqual({ page: 6, pages: [6] });
  });

  it("is shown beside the process that writes, and nothing is changed", () => {
    const root = killedAtFour();
    truncateSync(last(root), readFileSync(last(root)).length - 5);
    const before = [file(root), last(root)].map((path) => readFileSync(path, "utf8"));
    expect(found(open(root, { readOnly: true }))).toEqual({ page: 3, pages: [1, 2, 3, 4] });
    expect([file(root), last(root)].map((path) => readFileSync(path, "utf8"))).toEqual(before);
  });
});

describe("the seen set", () => {
  /** A folder whose keys cannot be read without a report, which fails the test. */
  function unreadable(): string {
    const root = freshFolder();
    const stream = open(root);
    deliver(stream, 1);
    settle(stream, 1);
    const copy = crashed(root);
    writeFileSync(last(copy), readFileSync(last(copy)).fill(1));
    return copy;
  }

  it("is not read to tell the position after a poll that came to its end", () => {
    expect(open(unreadable()).loadPosition()?.records).toBe(1);
  });

  it("is not read by polls that meet no record", () => {
    const stream = open(unreadable());
    for (const page of [2, 3]) {
      stream.loadPosition();
      stream.commit(at(page));
      settle(stream, page);
      stream.seen().expire(neededSince(FOUR));
    }
    expect(stream.loadPosition()?.records).toBe(3);
  });
});

describe("a state folder of an earlier version", () => {
  /** As the version before wrote it: no `seen_to`, and a segment with keys only. */
  function earlier(): string {
    const root = freshFolder();
    const stream = open(root);
    for (const page of [1, 2]) {
      for (const key of keysOf(page)) stream.seen().add(key);
      settle(stream, page);
    }
    const copy = crashed(root);
    const { seen_to: _, checksum: __, ...members } = JSON.parse(readFileSync(file(copy), "utf8"));
    writeFileSync(file(copy), JSON.stringify(members));
    const segment = readFileSync(last(copy));
    segment.writeUInt32LE(1, 8);
    writeFileSync(last(copy), segment);
    return copy;
  }

  it("is read as it is, and its segment is never appended to", () => {
    const root = earlier();
    const old = last(root);
    const before = readFileSync(old);
    const stream = open(root);
    expect(found(stream)).toEqual({ page: 2, pages: [1, 2] });
    deliver(stream, 3);
    deliver(stream, 4);
    expect(readFileSync(old)).toEqual(before);
    expect(segments(root)).toHaveLength(2);
    expect(found(open(crashed(root)))).toEqual({ page: 4, pages: [1, 2, 3, 4] });
  });
});

it("a frame of a position is what the head of frames.ts says", () => {
  const bytes = readFileSync(last(killedAtFour()));
  const start = bytes.lastIndexOf("GPOS");
  const text = encodePosition(at(4), address);
  const length = Buffer.byteLength(text);
  expect([start % 16, bytes.readUInt32LE(start + 8), bytes.readUInt32LE(start + 12)]).toEqual([
    0,
    length,
    FOUR / 1000,
  ]);
  expect(bytes.toString("utf8", start + 16)).toBe(text + " ".repeat((16 - length % 16) % 16));
  expect(bytes.readUInt32LE(start + 4)).toBe(crc32(bytes.subarray(start + 8)));
});
