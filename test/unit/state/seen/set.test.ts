import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  commit,
  expectEmpty,
  expectFirstFrame,
  expectNothingFalse,
  found,
  keyOf,
  neededSince,
  NOON,
  ofFrames,
  onlySegment,
  open,
  segments,
} from "../../../support/seenFolder.ts";
import { GraphtapError } from "../../../../src/errors.ts";
import { noFence } from "../../../../src/files/hold.ts";
import type { SeenLog } from "../../../../src/state/seen/set.ts";
import { freshFolder } from "../../../support/state.ts";

const DAY = 86_400_000;
describe("a seen set", () => {
  it("holds what was committed, over a restart, and nothing else", () => {
    const dir = join(freshFolder(), "seen");
    const { set } = open(dir);
    expect([set.add(keyOf("a")), set.add(keyOf("a")), set.has(keyOf("a")), set.has(keyOf("b"))])
      .toEqual([true, false, true, false]);
    set.commit();
    set.add(keyOf("not committed"));
    set.close();
    expect(found(dir, ["a", "b", "not committed"])).toEqual({ names: ["a"], notes: [], size: 1 });
  });

  it("takes many keys at once as it takes them one by one", () => {
    const dir = join(freshFolder(), "seen");
    const names = ["a", "b", "a", "known", "c"];
    const { set } = open(dir);
    set.add(keyOf("known"));
    const zeros = new Uint8Array(16);
    const keys = new Int32Array(
      Uint8Array.from([...names.map(keyOf), zeros, zeros].flatMap((key) => [...key])).buffer,
    );
    const fresh = new Int32Array(7);
    expect(fresh.subarray(0, set.addAll(keys, 7, fresh))).toEqual(Int32Array.of(0, 1, 4, 5));
    expect([set.has(keyOf("c")), set.has(zeros), set.size()]).toEqual([true, true, 5]);
    expect(set.addAll(keys, 7, fresh)).toBe(0);
    set.rollback();
    expect(set.size()).toBe(0);
    expect(set.addAll(keys, 2, fresh)).toBe(2);
    set.commit();
    set.close();
    expect(found(dir, ["a", "b", "c", "known"])).toEqual({ names: ["a", "b"], notes: [], size: 2 });
  });

  it("reads and creates nothing before it is used", () => {
    const dir = join(freshFolder(), "seen");
    const { set } = open(dir);
    set.commit();
    set.rollback();
    set.expire(neededSince(NOON));
    expect(set.size()).toBe(0);
    set.close();
    expect(() => readdirSync(dir)).toThrow("ENOENT");
  });

  it("forgets on rollback what was not committed, and takes it again", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    set.add(keyOf("kept"));
    set.commit();
    for (let index = 0; index < 1000; index++) set.add(keyOf(index));
    set.rollback();
    expect([set.size(), set.has(keyOf(7)), set.has(keyOf("kept"))]).toEqual([1, false, true]);
    expect(set.add(keyOf(7))).toBe(true);
    set.commit();
    set.close();
    expect(found(dir, ["kept", "7", "8"])).toMatchObject({ names: ["kept", "7"], size: 2 });
  });

  it("takes keys of any bytes, zeros too, but of 16 only", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    for (const first of [0, 1, 255]) expect(set.add(Uint8Array.of(first, ...new Uint8Array(15)))).toBe(true);
    set.commit();
    set.close();
    const again = open(dir).set;
    expect([again.size(), again.has(new Uint8Array(16)), again.has(new Uint8Array(16).fill(1))]).toEqual([
      3,
      true,
      false,
    ]);
    expect(() => again.add(new Uint8Array(15))).toThrow("16 bytes");
  });

  it("keeps more keys in one commit than a frame holds", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    const count = 65_536 + 10_000;
    // A hash of each would be most of the work.
    const numbered = (index: number) => new Uint8Array(Uint32Array.of(index, 1, 1, 1).buffer);
    for (let index = 0; index < count; index++) set.add(numbered(index));
    set.commit();
    set.close();
    const { set: again, notes } = open(dir);
    const has = [0, 65_535, 65_536, count - 1, count].map((index) => again.has(numbered(index)));
    expect(has).toEqual([true, true, true, true, false]);
    expect([again.size(), notes]).toEqual([count, []]);
  });

  it("has one segment a day, in the order of the days", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"], ["c"]], (page) => NOON + Math.floor(page / 2) * DAY);
    expect(segments(dir)).toEqual(["00000001-20261122T000000Z.seen", "00000002-20261123T000000Z.seen"]);
    commit(dir, [["d"]], () => NOON + DAY);
    expect(segments(dir)).toHaveLength(2);
    expect(found(dir, ["a", "b", "c", "d"]).names).toHaveLength(4);
  });
});

describe("the expiry of a seen set", () => {
  it("drops the segments whose newest key is older, and no other", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"], ["c"]], (page) => NOON + page * DAY);
    const { set } = open(dir, { now: () => NOON + 2 * DAY });
    set.add(keyOf("pending"));
    set.expire(neededSince(NOON));
    expect(set.size()).toBe(4);
    set.expire(neededSince(NOON + DAY + 1));
    expect(["a", "b", "c", "pending"].filter((name) => set.has(keyOf(name)))).toEqual(["c", "pending"]);
    set.commit();
    set.close();
    expect(segments(dir)).toEqual(["00000003-20261124T000000Z.seen"]);
    expect(found(dir, ["a", "b", "c", "pending"]).names).toEqual(["c", "pending"]);
  });

  it("keeps the last segment, however old, so that the numbers go on from it", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"]], (page) => NOON + page * DAY);
    const { set } = open(dir, { now: () => NOON + 9 * DAY });
    set.expire(neededSince(NOON + 9 * DAY));
    expect([set.has(keyOf("a")), set.has(keyOf("b"))]).toEqual([false, true]);
    set.add(keyOf("c"));
    set.commit();
    set.expire(neededSince(NOON + 9 * DAY));
    set.close();
    expect(segments(dir)).toEqual(["00000003-20261201T000000Z.seen"]);
  });
});

describe("a seen set with keys of a backfill", () => {
  const HOUR = DAY / 24;
  const MORNING = NOON - 20 * DAY - 8 * HOUR;
  const OLD = "20261102T000001Z.seen";
  const TODAY = "20261122T000000Z.seen";

  /** Commits names as one page; those of a backfill with what they are backdated to. */
  function page(set: SeenLog, names: readonly string[], untilMs: number | null = null, position?: string) {
    for (const name of names) set.add(keyOf(name));
    set.date(untilMs);
    set.commit(position);
  }

  it("has segments of their own for them, and goes on in each while live and old pages take turns", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    for (let poll = 0; poll < 3; poll++) {
      page(set, [`live ${poll}`]);
      page(set, [`old ${poll}`], MORNING + poll * HOUR);
    }
    expect(segments(dir)).toEqual([`00000001-${TODAY}`, `00000002-${OLD}`]);
    page(set, ["later"], MORNING + 7 * HOUR);
    page(set, ["live 4"]);
    expect(segments(dir)).toEqual([`00000001-${TODAY}`, `00000002-${OLD}`, "00000003-20261102T060001Z.seen"]);
    set.close();
    expect(found(dir, ["live 0", "old 0", "live 2", "old 2", "later", "live 4"]).names).toHaveLength(6);
  });

  it("has the position always behind the keys, whichever page came last", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    const begin = set.end();
    const positions: (string | null)[] = [];
    for (const [index, untilMs] of [null, MORNING, null, MORNING, null, null].entries()) {
      const before = set.end();
      page(set, [`page ${index}`], untilMs, `position ${index}`);
      positions.push(set.positionSince(before));
      const again = open(dir).set;
      expect([again.positionSince(begin), again.has(keyOf(`page ${index}`))]).toEqual([
        `position ${index}`,
        true,
      ]);
      expect(again.positionSince(set.end())).toBeNull();
    }
    expect(positions).toEqual([0, 1, 2, 3, 4, 5].map((index) => `position ${index}`));
    expect(segments(dir)).toHaveLength(2);
  });

  it("that was killed between the keys of a live page and its position has the one before", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    const begin = set.end();
    page(set, ["live"], null, "first");
    page(set, ["old"], MORNING, "second");
    const last = join(dir, segments(dir)[1]!);
    const before = readFileSync(last);
    page(set, ["live too"], null, "third");
    writeFileSync(last, before);
    const again = open(dir).set;
    expect([again.positionSince(begin), again.has(keyOf("live too"))]).toEqual(["second", true]);
  });

  it("forgets them when nothing reaches back to their time, and others three days later", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    page(set, ["added"]);
    page(set, ["old"], MORNING);
    page(set, ["newer"], MORNING + 6 * HOUR);
    page(set, ["newest"], MORNING + 12 * HOUR);
    const names = () => ["added", "old", "newer", "newest"].filter((name) => set.has(keyOf(name)));
    const needed = (readBackSinceMs: number) => ({ addedSinceMs: NOON - DAY, readBackSinceMs, ranges: [] });
    // The period ends two hours after it.
    set.expire(needed(MORNING + 2 * HOUR));
    expect(names()).toEqual(["added", "old", "newer", "newest"]);
    expect(set.mayExpire(needed(MORNING + 2 * HOUR + 1000))).toBe(true);
    const gap = { fromMs: MORNING - HOUR, toMs: MORNING + HOUR };
    set.expire({ ...needed(MORNING + 7 * HOUR), ranges: [gap] });
    expect(names()).toEqual(["added", "old", "newer", "newest"]);
    set.expire(needed(MORNING + 7 * HOUR));
    expect(names()).toEqual(["added", "newer", "newest"]);
    page(set, ["live"]);
    page(set, ["back"], MORNING + 13 * HOUR);
    expect(segments(dir)).toHaveLength(3);
    set.close();
    expect(found(dir, ["added", "old", "newer", "newest", "live", "back"]).names).toHaveLength(5);
  });

  it("writes to no segment but the last that another process may have open", () => {
    const dir = freshFolder();
    const { set } = open(dir);
    page(set, ["live"]);
    page(set, ["old"], MORNING);
    const first = readFileSync(onlySegment(dir));
    const next = open(dir).set;
    page(next, ["live too"]);
    page(next, ["old too"], MORNING);
    expect(readFileSync(onlySegment(dir))).toEqual(first);
    expect(segments(dir)).toHaveLength(4);
  });
});

describe("replacing a seen set", () => {
  it("leaves exactly the new keys, over a restart, and goes on from there", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"]], (page) => NOON - page * DAY);
    const { set } = open(dir);
    set.add(keyOf("pending"));
    set.replaceWith(["b", "c", "c"].map(keyOf));
    expect([set.size(), set.has(keyOf("a")), set.has(keyOf("pending")), set.has(keyOf("c"))])
      .toEqual([2, false, false, true]);
    set.add(keyOf("d"));
    set.commit();
    set.close();
    expect(segments(dir)).toHaveLength(1);
    expect(found(dir, ["a", "b", "c", "d", "pending"])).toEqual({
      names: ["b", "c", "d"],
      notes: [],
      size: 3,
    });
  });

  it("by the same keys writes nothing", () => {
    const dir = freshFolder();
    commit(dir, [["a", "b"]]);
    const before = segments(dir);
    const { set } = open(dir);
    set.replaceWith(["b", "a"].map(keyOf));
    set.close();
    expect(segments(dir)).toEqual(before);
  });

  it("by nothing empties it", () => {
    const dir = freshFolder();
    commit(dir, [["a"]]);
    const { set } = open(dir);
    set.replaceWith([]);
    set.close();
    expect(found(dir, ["a"])).toEqual({ names: [], notes: [], size: 0 });
  });

  it("counts even when it was killed before the old segments were deleted", () => {
    const dir = freshFolder();
    commit(dir, [["a"]]);
    const old = onlySegment(dir);
    copyFileSync(old, `${old}.copy`);
    const { set } = open(dir);
    set.replaceWith([keyOf("b")]);
    set.close();
    copyFileSync(`${old}.copy`, old);
    expect(found(dir, ["a", "b"])).toEqual({ names: ["b"], notes: [], size: 1 });
    expect(segments(dir)).toHaveLength(1);
  });
});

describe("a damaged seen set", () => {
  const first = ["a", "b", "c"];

  // `test/property/state/seen/set.test.ts` tries every byte and every bit.
  it("that is cut in its last frame has the frames before it, and takes new ones", () => {
    const damaged = ofFrames(2);
    const { begins, ends } = damaged;
    for (const length of [begins, begins + 1, begins + 16, begins + 17, ends - 1]) {
      expectFirstFrame(damaged, length);
    }
  });

  it("that is cut in its header is empty, and takes new keys", () => {
    for (const length of [0, 1, 8, 15]) expectEmpty(length);
  });

  it("with a flipped bit has no key that was not committed, and those of all frames before", () => {
    const damaged = ofFrames(3);
    for (let bit = damaged.begins * 8; bit < damaged.ends * 8; bit += 29) expectNothingFalse(damaged, bit);
  });

  it("loses a damaged frame and those behind it in that segment only", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"], ["c"]], (page) => NOON + Math.floor(page / 2) * DAY);
    truncateSync(onlySegment(dir), 16 + 32 + 20);
    expect(found(dir, ["a", "b", "c"]).names).toEqual(["a", "c"]);
  });

  it("whose end a power failure left as zeros is cut there", () => {
    const dir = freshFolder();
    commit(dir, [first]);
    const whole = readFileSync(onlySegment(dir));
    writeFileSync(onlySegment(dir), Uint8Array.from([...whole, ...new Uint8Array(4096)]));
    expect(found(dir, first)).toMatchObject({ names: first, notes: [expect.any(String)] });
    expect(readFileSync(onlySegment(dir)).length).toBe(whole.length);
  });

  it("keeps a file that is not its own aside", () => {
    const dir = freshFolder();
    commit(dir, [first]);
    writeFileSync(onlySegment(dir), "SQLite format 3\0 and much more");
    const { names, notes } = found(dir, first);
    expect([names, notes]).toEqual([[], [expect.stringContaining("not a file of delivered record keys")]]);
    expect(readdirSync(dir)).toEqual([expect.stringMatching(/\.seen\.foreign-\d+$/)]);
  });

  it("of a newer version stops the program and stays as it is", () => {
    const dir = freshFolder();
    commit(dir, [first]);
    const newer = readFileSync(onlySegment(dir));
    newer.writeUInt32LE(3, 8);
    writeFileSync(onlySegment(dir), newer);
    expect(() => found(dir, first)).toThrow(expect.objectContaining({
      code: "state-unusable",
      message: expect.stringContaining("version 3, written by a newer graphtap"),
    }));
    expect(readFileSync(onlySegment(dir))).toEqual(newer);
  });

  it("refuses a symbolic link in the place of a segment", () => {
    const dir = freshFolder();
    commit(dir, [first]);
    const elsewhere = join(freshFolder(), "elsewhere");
    copyFileSync(onlySegment(dir), elsewhere);
    const linked = join(freshFolder(), "seen");
    mkdirSync(linked);
    symlinkSync(elsewhere, join(linked, segments(dir)[0]!));
    expect(() => found(linked, first)).toThrow(expect.objectContaining({
      code: "state-unusable",
      message: expect.stringContaining("symbolic link"),
    }));
  });
});

describe("a seen set that another process took", () => {
  it("makes no file for the keys of another period", () => {
    const dir = freshFolder();
    commit(dir, [["a"]]);
    const before = segments(dir);
    let isTaken = false;
    const check = () => {
      if (isTaken) throw new GraphtapError("state-in-use", "taken");
    };
    const { set } = open(dir, { now: () => NOON + DAY, fence: { ...noFence, check, during: check } });
    set.add(keyOf("b"));
    isTaken = true;
    expect(() => set.commit()).toThrow("taken");
    expect(segments(dir)).toEqual(before);
  });
});

describe("a seen set for reading only", () => {
  it("has the keys, repairs nothing and changes nothing", () => {
    const dir = freshFolder();
    commit(dir, [["a"], ["b"]]);
    const path = onlySegment(dir);
    const torn = readFileSync(path).subarray(0, -3);
    writeFileSync(path, torn);
    const { set, notes } = open(dir, { readOnly: true });
    expect([set.size(), set.has(keyOf("a")), set.has(keyOf("b")), set.size()]).toEqual([1, true, false, 1]);
    for (
      const change of [
        () => set.add(keyOf("c")),
        () => set.expire(neededSince(NOON)),
        () => set.replaceWith([]),
      ]
    ) {
      expect(change).toThrow("reading only");
    }
    set.close();
    expect([notes, readFileSync(path).length]).toEqual([[], torn.length]);
  });
});
