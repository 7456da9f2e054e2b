import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRequestLog } from "../../../src/graph/requestLog.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const STRETCH_MS = 10_000;
const START = Date.UTC(2026, 10, 22, 16);

describe("the log of requests", () => {
  it("forgets what no limit counts any more, however many there were, and what is over an hour later", () => {
    const path = join(tempFolder(), ".requests");
    let now = START;
    const options = { now: () => now, report: (note: string) => expect.fail(note) };
    const log = openRequestLog(path, options);
    const memory = log.memoryOf("reports", STRETCH_MS);
    const all: number[] = [];
    let largest = 0;
    for (let sent = 0; sent < 40_000; sent++) {
      now += 100;
      memory.sent(now);
      memory.counted(now, now + 50);
      all.push(now);
      if (sent % 1000 === 0) largest = Math.max(largest, statSync(path).size);
    }
    log.close();
    expect(largest).toBeLessThan(1_200_000);
    const next = openRequestLog(path, options);
    const counting = next.memoryOf("reports", STRETCH_MS).past
      .filter(({ countedMs }) => countedMs! > now - STRETCH_MS)
      .map(({ sentMs }) => sentMs);
    next.close();
    // Each once, also those between which the file was written anew.
    expect(counting).toEqual(all.filter((sentMs) => sentMs + 50 > now - STRETCH_MS));
  });

  it("is not written anew for each request where more count than the file has room for", () => {
    const path = join(tempFolder(), ".requests");
    const now = START;
    const log = openRequestLog(path, { now: () => now, report: (note) => expect.fail(note) });
    const memory = log.memoryOf("scores", 600_000);
    const files = new Set<number>();
    for (let sent = 0; sent < 30_000; sent++) {
      memory.sent(now);
      memory.counted(now, now);
      files.add(statSync(path).ino);
    }
    log.close();
    expect(files.size).toBeLessThan(6);
  });
});
