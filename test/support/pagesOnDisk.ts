/** What the engine does with pages and their positions, and what a crash leaves of it on the disk. */
import { Buffer } from "node:buffer";
import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { recordKey } from "../../src/record/keyMaker.ts";
import { encodePosition } from "../../src/state/checkpoint.ts";
import { emptyPosition } from "../../src/state/position.ts";
import type { StateOptions, StreamAddress, StreamState } from "../../src/state/state.ts";
import { freshFolder, stateIn } from "./state.ts";

/** When every state here is written. */
export const FOUR = Date.UTC(2026, 10, 22, 16);
export const address: StreamAddress = { inputId: "10001", service: "signIns" };
export const folder = (root: string) => join(root, "10001", "signIns");
export const file = (root: string) => join(folder(root), "checkpoint.json");
export const segments = (root: string) =>
  readdirSync(join(folder(root), "seen")).sort().map((name) => join(folder(root), "seen", name));
export const last = (root: string) => segments(root).at(-1)!;

export const keysOf = (page: number) => ["a", "b", "c"].map((name) => recordKey(`${page}${name}`));
// A text of more bytes than letters.
export const at = (records: number) => ({ ...emptyPosition(), records, lastError: `é${records}` });
export const open = (root: string, options: Partial<StateOptions> = {}) =>
  stateIn(root, options).stream(address);

/** What the engine does with a page. */
export function deliver(stream: StreamState, page: number): void {
  for (const key of keysOf(page)) stream.seen().add(key);
  stream.commit(at(page));
}

/** What it does when a poll ends. */
export function settle(stream: StreamState, page: number): void {
  stream.seen().commit();
  stream.commitInFile(at(page));
}

/** The folder as a crash at this moment leaves it. */
export function crashed(root: string): string {
  const copy = freshFolder();
  cpSync(folder(root), folder(copy), { recursive: true });
  return copy;
}

/** What comes back: the position, and which of the pages 1 to 9 have all their keys. */
export function found(stream: StreamState) {
  const page = stream.loadPosition()?.records ?? null;
  const pages = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((one) =>
    keysOf(one).every((key) => stream.seen().has(key))
  );
  return { page, pages };
}

/** A stream that ended a poll after its second page, and was killed after the fourth. */
export function killedAtFour(): string {
  const root = freshFolder();
  const stream = open(root);
  deliver(stream, 1);
  deliver(stream, 2);
  settle(stream, 2);
  deliver(stream, 3);
  deliver(stream, 4);
  return crashed(root);
}

/** A folder where the commit of page 4 was under way. */
export interface UnderWay {
  readonly root: string;
  /** The segment as it would be with all of page 4. */
  readonly whole: Buffer;
  /** Where in the segment that commit begins, and where in it the position does. */
  readonly begins: number;
  readonly position: number;
}

export function underWay(): UnderWay {
  const root = killedAtFour();
  const whole = readFileSync(last(root));
  // Header; keys of page 1 alone, for its position went to the file; pages 2 and 3 with theirs.
  const position = 16 + Math.ceil(Buffer.byteLength(encodePosition(at(2), address)) / 16) * 16;
  const begins = whole.length - (16 + 3 * 16) - position;
  return { root, whole, begins, position: whole.length - position };
}

/** Expects the pages before it of a commit that is cut off at this byte, and never a position without its keys. */
export function expectAfterCut({ root, whole, begins, position }: UnderWay, length: number): void {
  const copy = crashed(root);
  truncateSync(last(copy), length);
  const notes: string[] = [];
  const stream = open(copy, { report: (note) => notes.push(note) });
  expect(found(stream), `cut at ${length}`).toEqual({
    page: length === whole.length ? 4 : 3,
    pages: length < position ? [1, 2, 3] : [1, 2, 3, 4],
  });
  expect(notes).toHaveLength([begins, position, whole.length].includes(length) ? 0 : 1);
  // To go on from there is most of the work.
  if (length % 9 !== 0) return;
  deliver(stream, 4);
  deliver(stream, 5);
  expect(found(open(crashed(copy)))).toEqual({ page: 5, pages: [1, 2, 3, 4, 5] });
}

/** Expects the pages before it of a commit in which this byte is changed. */
export function expectAfterChange({ root, whole, position }: UnderWay, index: number): void {
  const copy = crashed(root);
  const changed = Uint8Array.from(whole);
  changed[index]! ^= 0x11;
  writeFileSync(last(copy), changed);
  expect(found(open(copy, { report: () => {} })), `changed at ${index}`).toEqual({
    page: 3,
    pages: index < position ? [1, 2, 3] : [1, 2, 3, 4],
  });
}
