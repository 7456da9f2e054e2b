import { Buffer } from "node:buffer";
import { readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../../../src/sink/deadLetter.ts";
import { tempFolder } from "../../support/tempFolder.ts";

describe("lines that were set aside", () => {
  it("are told of while there are any, also by a process that set none aside", () => {
    const path = join(tempFolder(), "dead-letter.ndjson");
    const letters = () => createDeadLetters(path, "http://receiver", () => 0);
    expect(letters().file()).toBeNull();
    const first = letters();
    first.add(Buffer.from("a\n"), 400, "why");
    first.close();
    expect(letters().file()).toEqual({ path, bytes: readFileSync(path).length });
    rmSync(path);
    expect(letters().file()).toBeNull();
  });

  it.each<[string, (path: string) => void, string[]]>([
    ["stay where they are", () => {}, ["a", "b"]],
    ["are taken out of the way", (path) => renameSync(path, `${path}.read`), ["b"]],
    ["are deleted", (path) => rmSync(path), ["b"]],
    ["are cut away", (path) => truncateSync(path, 0), ["b"]],
  ])("when they %s: the next one is in the file", (_, change, left) => {
    const path = join(tempFolder(), "dead-letter.ndjson");
    const letters = createDeadLetters(path, "http://receiver", () => 0);
    letters.add(Buffer.from("a\n"), 400, "why");
    change(path);
    letters.add(Buffer.from("b\n"), 400, "why");
    letters.close();
    const text = readFileSync(path, "utf8");
    expect(text.split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { line: string }).line)).toEqual(
      left,
    );
  });
});
