import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noFence } from "../../../src/files/hold.ts";
import type { Gap } from "../../../src/state/gap.ts";
import { gapEntry, openGapLedger } from "../../../src/state/gapLedger.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const NOW = Date.UTC(2026, 10, 22, 16);
const gap = (seconds: number, attempts = 0): Gap => ({
  from: { seconds: NOW / 1000 + seconds, nanos: 123_456_700 },
  to: { seconds: NOW / 1000 + seconds + 30, nanos: 0 },
  reason: "graph-refused",
  sinceMs: NOW,
  attempts,
  nextTryMs: NOW + 3_600_000,
});
const GAPS = [gap(0), gap(60, 2), gap(120)];

function ledgerIn(folder: string, readOnly = false) {
  const reports: string[] = [];
  const report = (note: string) => void reports.push(note);
  return {
    reports,
    path: join(folder, "gaps.json"),
    ...openGapLedger(folder, { now: () => NOW, report, readOnly, fence: noFence }),
  };
}

describe("a gap ledger", () => {
  it("gives back what was saved, and nothing where nothing was", () => {
    const { list, save } = ledgerIn(tempFolder());
    expect(list()).toEqual([]);
    save(GAPS);
    expect(list()).toEqual(GAPS);
    save([]);
    expect(list()).toEqual([]);
  });

  it("of version 0.1 is read, also where 0.1 went on with ours", () => {
    const { list, save, path, reports } = ledgerIn(tempFolder());
    writeFileSync(path, `${JSON.stringify(GAPS.map(gapEntry), null, 2)}\n`);
    expect(list()).toEqual(GAPS);
    save(GAPS);
    // It keeps members that it does not know, and lays the file out in its own way.
    const entries = JSON.parse(readFileSync(path, "utf8")) as { attempts: number }[];
    writeFileSync(path, `${JSON.stringify(entries.map((entry) => ({ ...entry, attempts: 7 })), null, 2)}\n`);
    expect(list()).toEqual(GAPS.map((one) => ({ ...one, attempts: 7 })));
    expect(reports).toEqual([]);
  });

  it("in which any one bit is wrong loses gaps at most, and says so: it never tells of others", () => {
    const folder = tempFolder();
    ledgerIn(folder).save(GAPS);
    const { path } = ledgerIn(folder);
    const bytes = readFileSync(path);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const { list, reports } = ledgerIn(folder, true);
      const left = list();
      expect(GAPS).toEqual(expect.arrayContaining([...left]));
      expect(reports.length).toBe(left.length === GAPS.length ? 0 : 1);
    }
  });

  it("that is damaged is set aside, and the gaps in it that are whole are kept", () => {
    const folder = tempFolder();
    ledgerIn(folder).save(GAPS);
    const { list, path, reports } = ledgerIn(folder);
    writeFileSync(path, readFileSync(path, "utf8").replace('"attempts":2', '"attempts":3'));
    const kept = [GAPS[0], GAPS[2]];
    expect(list()).toEqual(kept);
    expect(reports).toEqual([
      expect.stringMatching(
        /gaps\.json" is damaged: kept as ".*corrupt-\d+"; .*but for 2, are not tried again$/,
      ),
    ]);
    expect(ledgerIn(folder).list()).toEqual(kept);
    expect(readdirSync(folder).sort()).toEqual([
      "gaps.json",
      expect.stringMatching(/^gaps\.json\.corrupt-\d+$/),
    ]);
    writeFileSync(path, "[{");
    expect(list()).toEqual([]);
    expect(reports.at(-1)).toMatch(/; gaps recorded in it are not tried again$/);
  });
});
