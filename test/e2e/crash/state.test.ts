import { mkdtempSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildStateChild, freshFolder, startStateChild, stateIn } from "../../support/state.ts";
import { loopAddress, pageKeys } from "../../support/stateLoop.ts";

describe("a process that is killed with -9 while it commits page after page", () => {
  let program: string[];
  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), "graphtap-child-"));
    program = await buildStateChild(dir);
    return () => rmSync(dir, { recursive: true, force: true });
  });

  it("leaves a whole checkpoint, every committed key and a free lock, time after time", async () => {
    const dir = freshFolder();
    const notes: string[] = [];
    let pages = 0;
    for (let kills = 0; kills < 24; kills++) {
      const child = startStateChild(program, "loop", dir);
      await child.nextLine();
      await sleep(Math.random() * 12);
      await child.kill();
      expect(child.lines.filter((line) => !/^\d+$/.test(line))).toEqual([]);
      const reported = Number(child.lines.at(-1));

      const state = stateIn(dir, { report: (note) => notes.push(note) });
      const stream = state.stream(loopAddress);
      const records = stream.loadPosition()?.records ?? 0;
      expect(records).toBeGreaterThanOrEqual(reported);
      expect(records).toBeLessThanOrEqual(reported + 1);
      for (let page = 1; page <= records; page++) {
        if (!pageKeys(page).every((key) => stream.seen().has(key))) expect.fail(`page ${page} lost a key`);
      }
      state.close();
      pages = records;
    }
    expect(pages).toBeGreaterThan(24);
    // Half a frame is to be expected, half a checkpoint never.
    expect(notes.filter((note) => note.includes("checkpoint.json"))).toEqual([]);
  });
});
