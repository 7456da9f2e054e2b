import { describe, expect, it } from "vitest";
import { createFramers } from "../../../src/json/framer.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { LINE_FORMATS, lineStyle } from "../../../src/record/line.ts";
import { createLines } from "../../../src/record/lines.ts";
import { allOf, pageOf, readingOf, RECORDS, recordsOf, taken } from "../../support/pageLines.ts";

describe.each(LINE_FORMATS)("Lines of the format %s, made where the records lie", (format) => {
  it("are the lines that are made elsewhere, whatever the records and however they come", () => {
    const framers = createFramers(0);
    // `test/property/record/lines.test.ts` reads larger pages of more seeds; each seventh has records of 600 KB.
    for (const [seed, count] of [[1, 40], [7, 9]] as const) {
      const page = pageOf(recordsOf(seed, count));
      const expected = allOf(readingOf(format, null), page, page.length);
      expect(expected.split("\n").length).toBe(count + 1);
      for (const chunkBytes of [page.length, 100_000, 9_999]) {
        const text = allOf(readingOf(format, framers), page, chunkBytes);
        expect(text === expected, `seed ${seed} in chunks of ${chunkBytes}`).toBe(true);
      }
    }
  });

  it("stay what they are when their page is over, or fails, and another page takes its place", () => {
    const framers = createFramers(0);
    const page = pageOf(recordsOf(3, 50));
    const expected = allOf(readingOf(format, null), page, page.length);
    for (const ending of ["ends", "fails", "is given up"]) {
      const first = readingOf(format, framers);
      const chunk = ending === "ends" ? page : page.subarray(0, page.length - 25);
      first.push(chunk);
      if (ending === "fails") expect(() => first.push(new TextEncoder().encode("\u0001"))).toThrow();
      if (ending !== "ends") first.scanner.close();
      // Takes the same memory, with other parts.
      const other = readingOf(format, framers, "another environment");
      other.push(pageOf(recordsOf(5, 80)));
      const text = taken(first.lines);
      expect(expected.startsWith(text) && text.length > expected.length - 2_000, `when it ${ending}`).toBe(
        true,
      );
      expect(taken(other.lines)).not.toContain('"prod"');
    }
  });

  it("leave in the order of their records when some find no room", () => {
    const records = [RECORDS[0]!, RECORDS[8]!, RECORDS[0]!, ...Array(200).fill(RECORDS[7]!), RECORDS[0]!];
    const page = pageOf(records);
    expect(allOf(readingOf(format, createFramers(0)), page, page.length))
      .toBe(allOf(readingOf(format, null), page, page.length));
  });
});

it("More tags than there is room for are no hindrance", () => {
  const page = pageOf(Array(3_000).fill(RECORDS[0]!));
  const [made, wanted] = [createFramers(0), null].map((framers) => {
    const lines = createLines(
      lineStyle({
        format: "json",
        service: "s",
        input: "i",
        hostname: "h",
        environment: null,
        pullStartedMs: 0,
      }),
    );
    let number = 0;
    createPageScanner({}, framers).push(page, (bytes, start, end, oneLine = false, lineBuffer) => {
      lines.add(`tag.${number++ % 500}`, bytes, start, end, new Int32Array(4).fill(-1), oneLine, lineBuffer);
    });
    return taken(lines);
  });
  expect(made).toBe(wanted);
});
