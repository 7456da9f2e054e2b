import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openElsewhere } from "../../../src/state/elsewhere.ts";
import { freshFolder } from "../../support/state.ts";

const signIns = { inputId: "Zürich/1", service: "signIns" };
const alerts = { inputId: "Zürich/1", service: "alerts" };

function openIn(dir: string, notes: string[] = []) {
  return openElsewhere(dir, { now: () => 1, report: (note) => notes.push(note), readOnly: false });
}

describe("streams that wait for their position", () => {
  it("are none in a folder that is no shard's, and nothing is written", () => {
    const dir = freshFolder();
    const elsewhere = openIn(dir);
    elsewhere.becomes("0/1", () => [signIns]);
    expect([elsewhere.has(signIns), elsewhere.list(), readdirSync(dir)]).toEqual([false, [], []]);
  });

  it("are those without one when the folder becomes another shard, and none that come later", () => {
    const dir = freshFolder();
    openIn(dir).becomes("2/3", () => [signIns]);
    const again = openIn(dir);
    again.becomes("2/3", () => [signIns, alerts]);
    expect([again.has(signIns), again.has(alerts)]).toEqual([true, false]);
    again.becomes("2/4", () => [alerts]);
    expect(openIn(dir).list()).toEqual([signIns, alerts]);
  });

  it("are those, too, of a folder that goes back to be the only one", () => {
    const elsewhere = openIn(freshFolder());
    elsewhere.becomes("0/2", () => []);
    elsewhere.becomes("0/1", () => [alerts]);
    expect(elsewhere.has(alerts)).toBe(true);
  });

  it("go on when another process lets them, and wait when they were moved away", () => {
    const dir = freshFolder();
    const running = openIn(dir);
    running.becomes("0/2", () => [signIns]);
    expect(running.has(signIns)).toBe(true);
    openIn(dir).remove([signIns]);
    expect(running.has(signIns)).toBe(false);
    running.add([signIns, alerts]);
    expect(running.list()).toEqual([signIns, alerts]);
  });

  it("wait again for all they lack when the file is damaged, which is told", () => {
    const dir = freshFolder();
    openIn(dir).becomes("0/2", () => []);
    const file = join(dir, ".elsewhere.json");
    for (const damaged of ["", "[]", '{"shard":"0/2","streams":[],"checksum":"00000000"}']) {
      writeFileSync(file, damaged);
      const notes: string[] = [];
      const elsewhere = openIn(dir, notes);
      elsewhere.becomes("0/2", () => [alerts]);
      expect(elsewhere.has(alerts)).toBe(true);
      expect(notes).toEqual([expect.stringContaining('.elsewhere.json" is damaged: kept as')]);
    }
  });
});
