import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { buildChild, startStateChild, stateIn } from "../../support/state.ts";
import { tempFolder } from "../../support/tempFolder.ts";
import { spoolText } from "../../support/spoolModel.ts";
import { childStreams, pageLines } from "../../support/spoolPages.ts";

const KILLS = 24;

describe("a process that is killed with -9 while it writes a spool", () => {
  let program: string[];
  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), "graphtap-child-"));
    program = await buildChild(new URL("../../support/spoolChild.ts", import.meta.url), dir);
    return () => rmSync(dir, { recursive: true, force: true });
  });

  it("leaves each line of each stream once and none torn, however often", async () => {
    const dir = tempFolder();
    const notes: string[] = [];
    for (let kills = 0; kills < KILLS; kills++) {
      const child = startStateChild(program, dir);
      while (await child.nextLine() !== "open");
      await sleep(Math.random() * 60);
      await child.kill();
      notes.push(...child.lines);
    }
    const state = stateIn(join(dir, "state"), { report: () => {} });
    const read = childStreams.map((service) =>
      state.stream({ inputId: "10001", service }).loadPosition()?.records ?? 0
    );
    state.close();
    const pages = Math.max(...read) + 2;
    const rest = startStateChild(program, dir, String(pages));
    while (await rest.nextLine() !== undefined);
    expect(rest.process.exitCode).toBe(0);

    const counts = new Map<string, number>();
    for (const line of spoolText(join(dir, "spool", "events.ndjson")).split(/(?<=\n)/)) {
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    counts.delete("");
    for (const stream of childStreams) {
      for (let page = 0; page < pages; page++) {
        for (const { line } of pageLines(stream, page)) {
          if (counts.get(line) !== 1) expect.fail(`${counts.get(line) ?? 0} times: ${line.slice(0, 40)}`);
          counts.delete(line);
        }
      }
    }
    expect([...counts.keys()].map((line) => line.slice(0, 40)), "torn or foreign lines").toEqual([]);
    expect(Math.min(...read), "pages of the slowest stream").toBeGreaterThan(0);
    expect(notes.filter((note) => /come again|were cut off/.test(note) && note.includes("ndjson"))).toEqual(
      [],
    );
  });
});
