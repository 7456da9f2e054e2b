import { describe, expect, it } from "vitest";
import { blockLines } from "../../../../src/cli/terminal/block.ts";
import { paintFor } from "../../../../src/cli/terminal/style.ts";
import { statusOf, stream } from "../../../support/statuses.ts";

const plain = paintFor({ NO_COLOR: "1" });
const STREAMS = [
  stream({ read_to: "2026-11-22T15:58:00.000Z", sent: 1234, polling: true }),
  stream({ service: "alerts_v2", verdict: "failing", code: "graph-forbidden" }),
  stream({ input: "東京支社", service: "directory_audits", sent: 5, next_poll: "2026-11-22T16:04:00.000Z" }),
];

function drawn(columns: number, rows: number, streams = STREAMS, rates: readonly number[] = [12.5, 0, 0]) {
  const facts = { status: statusOf(streams), rates, isStopping: false };
  return blockLines(facts, { columns, rows }, plain);
}
const texts = (...args: Parameters<typeof drawn>) => drawn(...args).map(({ text }) => text);

describe("the block", () => {
  it("says how all is doing, and how each stream is", () => {
    expect(texts(100, 24)).toEqual([
      "graphtap 1.2.3 · 1 min 23 s · 1,239 records, 13/s",
      "All 3 streams healthy, newest record 2 min old",
      "STREAM                     READ TO    RECORDS  RATE  STATE",
      "contoso/signIns            2 min ago    1,234  13/s  reading",
      "contoso/alerts_v2                           0        lacks a permission",
      "東京支社/directory_audits                   5        next in 4 min",
    ]);
  });

  it("fits into any terminal, down to one line", () => {
    expect(texts(40, 24)).toEqual([
      "graphtap 1.2.3 · 1 min 23 s · 1,239 re…",
      "All 3 streams healthy, newest record 2…",
      "STREAM          RECORDS  STATE",
      "conto…/signIns    1,234  reading",
      "con…/alerts_v2        0  lacks a permi…",
      "東京支社/dire…        5  next in 4 min",
    ]);
    for (let columns = 1; columns <= 90; columns++) {
      for (let rows = 1; rows <= 12; rows++) {
        const lines = drawn(columns, rows);
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
        for (const line of lines) expect(line.columns).toBeLessThanOrEqual(Math.max(1, columns - 1));
      }
    }
  });

  it("shows those that fail and those that are read first where there are more than rows", () => {
    const many = Array.from(
      { length: 1000 },
      (_, index) => stream({ service: `s${index}`, sent: 1, polling: index % 400 === 7 }),
    );
    many[900] = stream({ service: "broken", verdict: "failing", code: "token-refused" });
    expect(texts(100, 9, many).slice(3)).toEqual([
      "contoso/s7            1  reading",
      "contoso/s407          1  reading",
      "contoso/s807          1  reading",
      "contoso/broken        0  cannot log in",
      "and 996 more: 996 records",
    ]);
  });

  it("says that it is stopping", () => {
    const facts = { status: statusOf(STREAMS), rates: [], isStopping: true };
    expect(blockLines(facts, { columns: 80, rows: 24 }, plain)[0]!.text).toBe(
      "graphtap 1.2.3 · stopping · 1 min 23 s · 1,239 records",
    );
  });
});
