import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { replaceFile } from "../../../src/files/durable.ts";
import { type Volume, wordsFor } from "../../../src/files/room.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const MIB = 1024 * 1024;
const volume = (changes: Partial<Volume>): Volume => ({
  bsize: 4096,
  blocks: 100_000 * MIB / 4096,
  bavail: 0,
  files: 1000,
  ffree: 500,
  ...changes,
});

describe("why there is no room", () => {
  it.each<[string, Volume | null, RegExp]>([
    ["no block is left", volume({}), /^the volume is full/],
    [
      "no file more may be there",
      volume({ bavail: 50_000 * MIB / 4096, ffree: 0 }),
      /as many files as it may/,
    ],
    ["a volume does not count files", volume({ files: 0, ffree: 0 }), /^the volume is full/],
    ["less is left than was to be written, perhaps", volume({ bavail: 100 }), /^the volume is full/],
    ["there is much room", volume({ bavail: 50_000 * MIB / 4096 }), /a quota or a reserve/],
    ["the volume says nothing", null, /^the volume is full/],
  ])("when %s", (_, found, words) => expect(wordsFor(found)).toMatch(words));

  it("is told of a volume that ran out of files", (context) => {
    const folder = tempFolder();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m,nr_inodes=10", "tmpfs", folder]);
    if (mounted.status !== 0) context.skip("no small volume could be mounted");
    onTestFinished(() => void spawnSync("umount", ["-l", folder]));
    for (let file = 0; file < 9; file++) writeFileSync(join(folder, String(file)), "");
    expect(() => replaceFile(join(folder, "checkpoint.json"), "{}")).toThrow(
      expect.objectContaining({ code: "state-unusable", message: expect.stringContaining("as many files") }),
    );
  });
});
