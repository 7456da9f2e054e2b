import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { noFence } from "../../../src/files/hold.ts";
import { KEEP_LOST_MS, type Lost } from "../../../src/state/lost.ts";
import { lostEntry, lostRangesIn, openLostLedger } from "../../../src/state/lostLedger.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const NOW = Date.UTC(2026, 10, 22, 16);
const lost = (seconds: number): Lost => ({
  from: { seconds: NOW / 1000 + seconds, nanos: 123_456_700 },
  to: { seconds: NOW / 1000 + seconds + 30, nanos: 0 },
  reason: "graph-refused",
  sinceMs: NOW,
});
const LOST = [lost(0), lost(60), lost(120)];

function ledgerIn(folder: string, { readOnly = false, nowMs = NOW } = {}) {
  const reports: string[] = [];
  const report = (note: string) => void reports.push(note);
  return { reports, ...openLostLedger(folder, { now: () => nowMs, report, readOnly, fence: noFence }) };
}

describe("the ledger of what is lost", () => {
  it("gives back what was saved, and nothing in a folder of a version that did not have it", () => {
    const { list, save } = ledgerIn(tempFolder());
    expect(list()).toEqual([]);
    save(LOST);
    expect(list()).toEqual(LOST);
  });

  it("tells of nothing that is older than thirty days", () => {
    const folder = tempFolder();
    ledgerIn(folder).save(LOST);
    expect(ledgerIn(folder, { nowMs: NOW + KEEP_LOST_MS - 1 }).list()).toEqual(LOST);
    expect(ledgerIn(folder, { nowMs: NOW + KEEP_LOST_MS }).list()).toEqual([]);
  });

  it("can be acknowledged beside the process that has it, and shows what that adds in the same moment", () => {
    const folder = tempFolder();
    const running = ledgerIn(folder);
    running.save(LOST.slice(0, 2));
    expect(ledgerIn(folder, { readOnly: true }).forget()).toEqual(LOST.slice(0, 2));
    expect(running.list()).toEqual([]);
    // It had looked before.
    running.save(LOST);
    expect(running.list()).toEqual([LOST[2]]);
    running.save([{ ...LOST[0]!, to: { seconds: NOW / 1000 + 50, nanos: 0 } }]);
    expect(running.list()).toHaveLength(1);
  });

  it("goes on where what was acknowledged cannot be read, and shows all of it", () => {
    const folder = tempFolder();
    const running = ledgerIn(folder);
    running.save(LOST);
    mkdirSync(join(folder, "lost-known.json"));
    expect(running.list()).toEqual(LOST);
  });

  it.skipIf(process.getuid?.() !== 0)("is acknowledged by root in a file that its process can read", () => {
    const folder = tempFolder();
    ledgerIn(folder).save(LOST);
    chownSync(join(folder, "lost.json"), 65_534, 65_534);
    ledgerIn(folder, { readOnly: true }).forget();
    expect(statSync(join(folder, "lost-known.json"))).toMatchObject({ uid: 65_534, gid: 65_534 });
  });

  it("writes nothing where there is nothing to acknowledge", () => {
    const folder = tempFolder();
    expect(ledgerIn(folder).forget()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that is damaged is set aside and reported, and what in it is whole is kept", () => {
    const folder = tempFolder();
    ledgerIn(folder).save(LOST);
    const path = join(folder, "lost.json");
    writeFileSync(path, readFileSync(path, "utf8").replace("16:01:30Z", "16:01:31Z"));
    const { list, reports } = ledgerIn(folder);
    expect(list()).toEqual([LOST[0], LOST[2]]);
    expect(reports).toEqual([
      expect.stringMatching(/lost\.json" is damaged: kept as .*but for 2, is only in the log$/),
    ]);
    expect(ledgerIn(folder).list()).toEqual([LOST[0], LOST[2]]);
  });

  it.each<[string, unknown]>([
    ["no list", {}],
    ["a time that is none", [{ ...lostEntry(LOST[0]!), from: "yesterday" }]],
    ["a moment after the last date", [{ ...lostEntry(LOST[0]!), since_ms: 8_640_000_000_000_001 }]],
    ["no reason", [{ ...lostEntry(LOST[0]!), reason: undefined }]],
    ["nothing", [null]],
  ])("does not take %s for what is lost", (_, value) => {
    expect(lostRangesIn(value)).toBeNull();
  });
});
