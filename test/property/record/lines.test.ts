/** Lines made where the records lie, against lines made elsewhere, on pages that chance makes. */
import { describe, expect, it } from "vitest";
import { createFramers } from "../../../src/json/framer.ts";
import { LINE_FORMATS } from "../../../src/record/line.ts";
import { allOf, pageOf, readingOf, recordsOf } from "../../support/pageLines.ts";

describe.each(LINE_FORMATS)("Lines of the format %s, made where the records lie", (format) => {
  it("are the lines that are made elsewhere, whatever the records and however they come", () => {
    const framers = createFramers(0);
    for (let seed = 1; seed <= 10; seed++) {
      const page = pageOf(recordsOf(seed, 120));
      const expected = allOf(readingOf(format, null), page, page.length);
      expect(expected.split("\n").length).toBe(121);
      for (const chunkBytes of [page.length, 100_000, 9_999]) {
        const text = allOf(readingOf(format, framers), page, chunkBytes);
        expect(text === expected, `seed ${seed} in chunks of ${chunkBytes}`).toBe(true);
      }
    }
  });
});
