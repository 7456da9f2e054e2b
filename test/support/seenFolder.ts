/** Seen sets in a folder, and what is found of them again. */
import type { Buffer } from "node:buffer";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { recordKey } from "../../src/record/keyMaker.ts";
import type { KeysNeeded } from "../../src/state/seen/forget.ts";
import { openSeenSet, type SeenSetOptions } from "../../src/state/seen/set.ts";
import { freshFolder } from "./state.ts";

/** Keys that count from this moment or later are needed, and no others. */
export const neededSince = (ms: number): KeysNeeded => ({
  addedSinceMs: ms,
  readBackSinceMs: ms,
  ranges: [],
});

export const NOON = Date.UTC(2026, 10, 22, 12);
export const keyOf = (name: string | number) => recordKey(String(name));

/** A seen set in `dir`, with all that it reported. */
export function open(dir: string, options: Partial<SeenSetOptions> = {}) {
  const notes: string[] = [];
  const set = openSeenSet(dir, { now: () => NOON, onRepair: (note) => notes.push(note), ...options });
  return { set, notes };
}

/** Commits each list of names as one frame, at the times given or at noon. */
export function commit(
  dir: string,
  pages: readonly (readonly string[])[],
  at: (page: number) => number = () => NOON,
): void {
  let page = 0;
  const { set } = open(dir, { now: () => at(page) });
  for (const names of pages) {
    for (const name of names) set.add(keyOf(name));
    set.commit();
    page++;
  }
  set.close();
}

/** Which of the names a newly opened set has. */
export function found(
  dir: string,
  names: readonly string[],
): { names: string[]; notes: string[]; size: number } {
  const { set, notes } = open(dir);
  const has = names.filter((name) => set.has(keyOf(name)));
  const size = set.size();
  set.close();
  return { names: has, notes, size };
}

export const segments = (dir: string) => readdirSync(dir).filter((name) => name.endsWith(".seen")).sort();
export const onlySegment = (dir: string) => join(dir, segments(dir)[0]!);

const FIRST = ["a", "b", "c"];
const LAST = ["d", "e"];
/** Bytes of a segment's header, and of a frame's. */
const HEADER = 16;
const KEY = 16;

/** The segment of two frames, or of three, that is damaged. */
export interface Damaged {
  readonly dir: string;
  readonly whole: Buffer;
  /** Where its second frame begins, and where that ends. */
  readonly begins: number;
  readonly ends: number;
}

export function ofFrames(count: 2 | 3): Damaged {
  const dir = freshFolder();
  commit(dir, [FIRST, LAST, ["f"]].slice(0, count));
  const begins = HEADER + HEADER + FIRST.length * KEY;
  return { dir, whole: readFileSync(onlySegment(dir)), begins, ends: begins + HEADER + LAST.length * KEY };
}

/** Expects the first frame of two when the second is cut off at this byte, and room for new ones. */
export function expectFirstFrame({ dir, whole, begins }: Damaged, length: number): void {
  writeFileSync(onlySegment(dir), whole);
  truncateSync(onlySegment(dir), length);
  const { names, notes } = found(dir, [...FIRST, ...LAST]);
  expect(names, `cut at ${length}`).toEqual(FIRST);
  expect(notes).toHaveLength(length === begins ? 0 : 1);
  commit(dir, [LAST]);
  expect(found(dir, [...FIRST, ...LAST]).names).toEqual([...FIRST, ...LAST]);
}

/** Expects a segment that is cut in its header to be empty, and to take new keys. */
export function expectEmpty(length: number): void {
  const { dir } = ofFrames(2);
  truncateSync(onlySegment(dir), length);
  expect(found(dir, FIRST)).toMatchObject({ names: [], notes: length === 0 ? [] : [expect.any(String)] });
  commit(dir, [LAST]);
  expect(found(dir, LAST)).toMatchObject({ names: LAST, notes: [] });
}

/** Expects the first frame of three when this bit of the second is flipped, and no key that was not committed. */
export function expectNothingFalse({ dir, whole, begins }: Damaged, bit: number): void {
  const path = join(dir, segments(dir)[0]!);
  const flipped = Uint8Array.from(whole);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, flipped);
  expect(found(dir, [...FIRST, ...LAST, "f"]), `bit ${bit}`).toMatchObject({
    names: FIRST,
    size: 3,
    notes: [expect.stringContaining(path)],
  });
  expect(readFileSync(path).length).toBe(begins);
}
