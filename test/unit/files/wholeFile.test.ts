import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  MOST_FILE_BYTES,
  readWholeFile,
  readWholeStream,
  whyUnreadable,
} from "../../../src/files/wholeFile.ts";
import { tempFolder } from "../../support/tempFolder.ts";

/** A file of so many zeros, which take no room. */
function zeros(length: number): string {
  const file = join(tempFolder(), "zeros");
  writeFileSync(file, "");
  truncateSync(file, length);
  return file;
}

async function* endless() {
  const piece = new Uint8Array(1024 * 1024);
  for (;;) yield await Promise.resolve(piece);
}

describe("what is read whole", () => {
  it("comes out as it is, a long file too", () => {
    const file = join(tempFolder(), "text");
    const text = "größer: 1\n".repeat(20_000);
    writeFileSync(file, text);
    expect(readWholeFile(file).toString("utf8")).toBe(text);
    expect(readWholeFile(zeros(MOST_FILE_BYTES))).toHaveLength(MOST_FILE_BYTES);
  });

  it("is refused when it is a byte too long, or a stream without end", async () => {
    expect(() => readWholeFile(zeros(MOST_FILE_BYTES + 1))).toThrow(
      expect.objectContaining({ code: "EFBIG" }),
    );
    await expect(readWholeStream(endless())).rejects.toMatchObject({ code: "EFBIG" });
  });

  it.each([
    ["missing", "none", "there is no such file"],
    ["a folder", ".", "it is a folder"],
  ])("is named when it is %s", (_, name, why) => {
    expect.assertions(1);
    try {
      readWholeFile(join(tempFolder(), name));
    } catch (error) {
      expect(whyUnreadable(error)).toBe(why);
    }
  });
});
