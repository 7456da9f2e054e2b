/** Pages of awkward records, and the lines that become of them. */
import { createFieldReader } from "../../src/json/fields.ts";
import type { Framers } from "../../src/json/framer.ts";
import type { PageScanner } from "../../src/json/page.ts";
import { createPageScanner } from "../../src/json/scanner.ts";
import { type LineFormat, lineStyle } from "../../src/record/line.ts";
import { createLines, type Lines } from "../../src/record/lines.ts";

/** Records of every kind of length and spelling; the last is longer than a piece of a page. */
export const RECORDS = [
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

export function pageOf(records: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`{"value":[${records.join(",")}],"@odata.context":"c"}`);
}

/** `count` of the records above, in an order that `seed` decides; each seventh page has the giant. */
export function recordsOf(seed: number, count: number): string[] {
  const most = seed % 7 === 0 ? RECORDS.length : RECORDS.length - 1;
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return RECORDS[(state >>> 8) % most]!;
  });
}

/** A reader of one page, that makes lines of its records. */
export interface Reading {
  readonly scanner: PageScanner;
  readonly lines: Lines;
  push(chunk: Uint8Array): void;
}

export function readingOf(format: LineFormat, framers: Framers | null, environment = "prod"): Reading {
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

export function taken(lines: Lines): string {
  const text = new TextDecoder().decode(lines.bytes());
  lines.clear();
  return text;
}

export function allOf(reading: Reading, page: Uint8Array, chunkBytes: number): string {
  let text = "";
  for (let at = 0; at < page.length; at += chunkBytes) {
    reading.push(page.subarray(at, at + chunkBytes));
    text += taken(reading.lines);
  }
  reading.scanner.end();
  return text;
}
