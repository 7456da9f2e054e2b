import { describe, expect, it } from "vitest";
import { type Column, tableLines, textLine } from "../../../../src/cli/terminal/columns.ts";
import { paintFor } from "../../../../src/cli/terminal/style.ts";
import { widthOf } from "../../../../src/cli/terminal/width.ts";

const COLUMNS: readonly Column[] = [
  { title: "STREAM", least: 8 },
  { title: "READ TO", drop: 2 },
  { title: "RECORDS", side: "right" },
  { title: "RATE", side: "right", drop: 1 },
  { title: "STATE", least: 8 },
];
const ROWS = [
  ["contoso/signIns", "2 min ago", "1,234", "12/s", "reading"],
  ["東京支社/alerts", "now", "5", "", "waits for a permit"],
].map((row) => row.map((text) => ({ text })));
const plain = paintFor({ NO_COLOR: "1" });
const table = (width: number, rows = ROWS) =>
  tableLines(COLUMNS, rows, width, plain).map(({ text }) => text.trimEnd());

describe("a table in a terminal", () => {
  it("has columns that are as wide as their widest cell", () => {
    expect(table(80)).toEqual([
      "STREAM           READ TO    RECORDS  RATE  STATE",
      "contoso/signIns  2 min ago    1,234  12/s  reading",
      "東京支社/alerts  now              5        waits for a permit",
    ]);
  });

  it("loses columns and shortens cells where there is less room, and is never wider", () => {
    expect(table(46)).toEqual([
      "STREAM      READ TO    RECORDS  RATE  STATE",
      "contoso/s…  2 min ago    1,234  12/s  reading",
      "東京支社/…  now              5        waits f…",
    ]);
    expect(table(30)).toEqual([
      "STREAM       RECORDS  STATE",
      "contoso/si…    1,234  reading",
      "東京支社/a…        5  waits f…",
    ]);
    for (let width = 1; width < 90; width++) {
      for (const line of tableLines(COLUMNS, ROWS, width, plain)) {
        expect(widthOf(line.text)).toBe(line.columns);
        expect(line.columns).toBeLessThanOrEqual(width);
      }
    }
  });

  it("leaves out a column in which nothing stands", () => {
    const rows = ROWS.map((row) => row.map((cell, at) => at === 3 ? { text: "" } : cell));
    expect(table(80, rows)[0]).not.toContain("RATE");
  });

  it("lets a cell say itself in fewer words", () => {
    const shorten = (columns: number) => columns < 12 ? "42 %" : "backfill 42 %";
    const rows = [[{ text: "a" }, { text: "" }, { text: "1" }, { text: "" }, {
      text: "backfill 42 %, ends in 12 min",
      shorten,
    }]];
    expect(table(25, rows)[1]).toBe("a             1  42 %");
    expect(table(32, rows)[1]).toBe("a             1  backfill 42 %");
  });

  it("cannot be made to steer the terminal by a name", () => {
    const hostile = [[{ text: "a\u001b[2J\u202eb\n" }, ...ROWS[0]!.slice(1)]];
    expect(table(80, hostile).join("")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(textLine("a\u001b[2J", 20, plain).text).toBe("a\\u001b[2J");
  });
});

describe("colours", () => {
  it("are there unless NO_COLOR is set, and change no width", () => {
    const line = textLine("failing", 20, paintFor({}), "bad");
    expect(line).toEqual({ text: "\u001b[31mfailing\u001b[0m", columns: 7 });
    expect(textLine("failing", 20, plain, "bad")).toEqual({ text: "failing", columns: 7 });
    expect(textLine("failing", 20, paintFor({ NO_COLOR: "" }), "bad").text).toContain("\u001b[31m");
  });
});
