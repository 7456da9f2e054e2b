import { describe, expect, it } from "vitest";
import { createFramers, type Framers } from "../../../src/json/framer.ts";
import { createFieldReader } from "../../../src/json/fields.ts";
import type { PageScanner } from "../../../src/json/page.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { LINE_FORMATS, type LineFormat, lineStyle } from "../../../src/record/line.ts";
import { createLines, type Lines } from "../../../src/record/lines.ts";

const RECORDS = [
  '{"id":"66ea54eb-6301-4ee5-be62-ff5a759b0100","createdDateTime":"2026-11-22T15:59:00Z","n":1.0}',
  "{}",
  "{ \t }",
  '{"createdDateTime":"2026-11-22T15:59:00Z"}',
  '{"id":7,"createdDateTime":null}',
  '{"id":{\r\n"a":\n1},"createdDateTime":[1,\n2],"text":"\\u000a\\n"}',
  '{\n  "id": "pretty",\r\n  "createdDateTime": "2026-11-22T15:59:00Z"\n}',
  `{"long":"${"x".repeat(9_000)}","id":"${"i".repeat(700)}","createdDateTime":"${"t".repeat(300)}"}`,
  `{"id":"giant","text":"${"y".repeat(600_000)}"}`,
];

function pageOf(records: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`{"value":[${records.join(",")}],"@odata.context":"c"}`);
}

/** `count` of the records above, in an order that `seed` decides; each seventh page has the giant. */
function recordsOf(seed: number, count: number): string[] {
  const most = seed % 7 === 0 ? RECORDS.length : RECORDS.length - 1;
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return RECORDS[(state >>> 8) % most]!;
  });
}

/** A reader of one page, that makes lines of its records. */
interface Reading {
  readonly scanner: PageScanner;
  readonly lines: Lines;
  push(chunk: Uint8Array): void;
}

function readingOf(format: LineFormat, framers: Framers | null, environment = "prod"): Reading {
  const fields = createFieldReader(["id", "createdDateTime"]);
  const lines = createLines(
    lineStyle({
      format,
      service: "s",
      input: "i",
      hostname: "h",
      environment,
      pullStartedMs: 1_795_363_200_123,
    }),
  );
  const scanner = createPageScanner({}, framers);
  let number = 0;
  return {
    scanner,
    lines,
    push: (chunk) =>
      scanner.push(chunk, (bytes, start, end, oneLine = false, lineBuffer) => {
        const tag = `tag.${number++ % 3}`;
        lines.add(tag, bytes, start, end, fields.read(bytes, start, end), oneLine, lineBuffer);
      }),
  };
}

function taken(lines: Lines): string {
  const text = new TextDecoder().decode(lines.bytes());
  lines.clear();
  return text;
}

function allOf(reading: Reading, page: Uint8Array, chunkBytes: number): string {
  let text = "";
  for (let at = 0; at < page.length; at += chunkBytes) {
    reading.push(page.subarray(at, at + chunkBytes));
    text += taken(reading.lines);
  }
  reading.scanner.end();
  return text;
}

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
