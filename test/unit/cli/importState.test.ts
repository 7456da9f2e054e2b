import { Buffer } from "node:buffer";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ImportOptions, importState } from "../../../src/cli/importState.ts";
import { shardOf } from "../../../src/config/shard.ts";
import { parseInstant } from "../../../src/instant.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { emptyPosition, type Position } from "../../../src/state/position.ts";
import type { State, StreamAddress } from "../../../src/state/state.ts";
import { exportEnd } from "../../../src/state/transfer/exported.ts";
import { freshFolder, stateIn } from "../../support/state.ts";

const signIns = { inputId: "1", service: "signIns" };
const scores = { inputId: "1", service: "a service with a name/of its own" };
const instant = (text: string) => parseInstant(text)!;
const range = { from: instant("2026-11-22T10:00:00Z"), to: instant("2026-11-22T11:00:00Z") };
const position: Position = {
  ...emptyPosition(),
  watermark: instant("2026-11-22T12:00:00.1234567Z"),
  interruption: { window: range, link: "https://graph.microsoft.com/next" },
  records: 3,
};
const GAP = { ...range, reason: "graph-refused", sinceMs: 1000, attempts: 2, nextTryMs: 2000 };
const LOST = { ...range, reason: "retention", sinceMs: Date.UTC(2026, 10, 22) };
const INVENTORY = {
  records: [{ id: "0".repeat(32), key: "1".repeat(32), absent: 1 }],
  reads: 4,
  wasEmpty: false,
  page: { size: 20, sinceMs: 5 },
};

/** A folder with two streams, one with everything that a stream can have. */
function filled(): State {
  const state = stateIn(freshFolder());
  const stream = state.stream(signIns);
  for (const key of ["a", "b"]) stream.seen().add(recordKey(key));
  stream.gaps().save([GAP]);
  stream.lost().save([LOST]);
  stream.inventory().save(INVENTORY);
  stream.commitInFile(position);
  state.stream(scores).commitInFile({ ...emptyPosition(), records: 1 });
  return state;
}

function textOf(state: State, addresses: readonly StreamAddress[] = state.list()): string {
  const lines = addresses.flatMap((address) => [...state.exported(address)!]);
  return lines.join("") + exportEnd(addresses.length);
}

async function* pieces(text: string, bytes = 1000): AsyncIterable<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes);
}

const take = (state: State, text: string, options: ImportOptions = {}) =>
  importState(state, pieces(text), options);

describe("an import", () => {
  it("brings position, keys, gaps, what is lost and the inventory", async () => {
    const text = textOf(filled());
    const dir = freshFolder();
    const state = stateIn(dir);
    expect(await take(state, text)).toEqual([
      "1 × a service with a name/of its own: goes on where the export stood",
      "1 × signIns: goes on where the export stood",
    ]);
    state.close();
    const again = stateIn(dir);
    expect(again.list()).toEqual([scores, signIns]);
    const stream = again.stream(signIns);
    // A link is of the process that got it; the window is read again.
    expect(stream.loadPosition()).toEqual({ ...position, interruption: null });
    expect(["a", "b", "c"].map((key) => stream.seen().has(recordKey(key)))).toEqual([true, true, false]);
    expect(stream.gaps().list()).toEqual([GAP]);
    expect(stream.lost().list()).toEqual([LOST]);
    expect(stream.inventory().load()).toEqual(INVENTORY);
  });

  it("takes several exports behind each other, and one of nothing", async () => {
    const from = filled();
    const state = stateIn(freshFolder());
    const text = textOf(from, [signIns]) + textOf(from, [scores]) + exportEnd(0);
    expect(await take(state, text)).toHaveLength(2);
    expect(await take(state, exportEnd(0))).toEqual([]);
  });

  it("changes nothing wherever the export is cut", async () => {
    const text = textOf(filled());
    const lines = text.split("\n");
    const cuts = [1, 100, text.length - 2, text.length - 10];
    for (let line = 1; line < lines.length; line++) cuts.push(lines.slice(0, line).join("\n").length + 1);
    const dir = freshFolder();
    const state = stateIn(dir);
    const before = readdirSync(dir).toSorted();
    for (const cut of cuts.filter((at) => at < text.length - 1)) {
      await expect(take(state, text.slice(0, cut)), `cut at ${cut} of ${text.length}`).rejects.toMatchObject({
        code: "usage",
      });
      expect(state.list()).toEqual([]);
    }
    for (const name of readdirSync(dir).filter((one) => !before.includes(one))) {
      expect(readdirSync(join(dir, name)).filter((one) => one.includes("coming"))).toEqual([]);
    }
  });

  it.each([
    ["a key is another", (text: string) => text.replace(/"keys":"(.{40})/, '"keys":"$1AAAA')],
    ["a position is another", (text: string) => text.replace('"records":3', '"records":4')],
    ["a line is missing", (text: string) => text.replace(/\{"seen".*\n/, "")],
    ["a stream is missing", (text: string) => text.replace(/\{"export":1,"checkpoint"[^]*?"digest".*\n/, "")],
    ["it is of a newer version", (text: string) => text.replaceAll('"export":1', '"export":2')],
    ["nothing comes", () => ""],
  ])("changes nothing when %s", async (_, change) => {
    const state = stateIn(freshFolder());
    const text = textOf(filled());
    const changed = change(text);
    expect(changed).not.toBe(text);
    await expect(take(state, changed)).rejects.toMatchObject({ code: "usage" });
    expect(state.list()).toEqual([]);
  });

  it("refuses a stream that has a position, and then brings none of the others", async () => {
    const text = textOf(filled());
    const state = stateIn(freshFolder());
    state.stream(signIns).commitInFile({ ...emptyPosition(), records: 99 });
    await expect(take(state, text)).rejects.toMatchObject({ code: "state-unusable" });
    expect(state.list()).toEqual([signIns]);
    expect(await take(state, text, { replaces: true })).toHaveLength(2);
    expect(state.stream(signIns).loadPosition()?.records).toBe(3);
  });

  it("done again completes what was killed, and leaves what has gone on meanwhile", async () => {
    const text = textOf(filled());
    const dir = freshFolder();
    const state = stateIn(dir);
    await take(state, text);
    // As if the kill had come between the two, and the first had been polled since.
    state.stream(scores).reset();
    state.stream(signIns).commitInFile({ ...position, records: 50 });
    expect(await take(state, text)).toEqual([
      "1 × a service with a name/of its own: goes on where the export stood",
      "1 × signIns: is here already from this export, and stays as it is",
    ]);
    expect(state.stream(signIns).loadPosition()?.records).toBe(50);
  });

  it("that was killed half way leaves nothing behind", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    state.stage(signIns).addSegment(0, new Uint8Array(10));
    state.stream(scores).commitInFile(emptyPosition());
    state.close();
    expect(existsSync(join(dir, "1", ".coming-signIns"))).toBe(true);
    const again = stateIn(dir);
    expect([again.list(), existsSync(join(dir, "1", ".coming-signIns"))]).toEqual([[scores], false]);
  });

  it("ends the wait of its streams, also where they were moved away", async () => {
    const from = filled();
    from.elsewhere.add([signIns]);
    const state = stateIn(freshFolder());
    state.elsewhere.becomes("1/2", () => [signIns]);
    await take(state, textOf(from, [signIns]));
    expect(state.elsewhere.list()).toEqual([]);
    state.stream(signIns).commitInFile({ ...position, records: 70 });
    await take(from, textOf(state));
    expect([from.elsewhere.list(), from.stream(signIns).loadPosition()?.records]).toEqual([[], 70]);
  });

  it("goes to the input that is named, and to no other shard's folder", async () => {
    const state = stateIn(freshFolder());
    const other = { index: 1 - shardOf("1", 2), of: 2 };
    await expect(take(state, textOf(filled()), { shard: other })).rejects.toThrow(
      `is of shard ${shardOf("1", 2)}/2, not of ${other.index}/2`,
    );
    await take(state, textOf(filled()), { inputId: "new" });
    expect(state.list().map(({ inputId }) => inputId)).toEqual(["new", "new"]);
    expect(state.stream({ ...signIns, inputId: "new" }).seen().has(recordKey("a"))).toBe(true);
  });

  it("takes what version 0.1 exported, with the keys that are in the same folder", async () => {
    const from = filled();
    const [first] = textOf(from, [signIns]).split("\n");
    const { export: _, inventory: __, ...line } = JSON.parse(first!);
    await take(from, JSON.stringify(line), { inputId: "new" });
    const stream = from.stream({ inputId: "new", service: "signIns" });
    expect([stream.loadPosition()?.records, stream.seen().has(recordKey("b"))]).toEqual([3, true]);
    const fixture = readFileSync(new URL("../../fixtures/state-0.1/export.ndjson", import.meta.url), "utf8");
    const lines = fixture.trim().split("\n").filter((one) => JSON.parse(one).checkpoint !== null);
    expect(await take(stateIn(freshFolder()), lines.join("\n"))).toHaveLength(lines.length);
  });
});
