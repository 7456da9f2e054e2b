import { describe, expect, it } from "vitest";
import { type Volume, wordsFor } from "../../../src/files/room.ts";

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
});
