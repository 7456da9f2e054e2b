import { describe, expect, it } from "vitest";
import { paintFor } from "../../../../src/cli/terminal/style.ts";
import { summaryLines } from "../../../../src/cli/terminal/summary.ts";
import { NOW, statusOf, stream } from "../../../support/statuses.ts";

const plain = paintFor({ NO_COLOR: "1" });
const texts = (streams: readonly ReturnType<typeof stream>[], columns = 100) =>
  summaryLines(statusOf(streams), "done", columns, plain).map(({ text }) => text);

describe("the summary", () => {
  it("tells of each stream how far it was read and what is missing, and why it ended", () => {
    const read = { read_to: "2026-11-22T15:58:00.1234567Z", last_success: NOW };
    const older = { seconds_left: 7200, share: 0.5, ends: null };
    expect(texts([
      stream({ ...read, sent: 1234, late_records: 3 }),
      stream({ ...read, service: "alerts_v2", gaps: 1, gap_seconds: 30 }),
      stream({ ...read, service: "directory_audits", sent: 5, backfill: older }),
      stream({ service: "secure_scores", code: "graph-forbidden" }),
      stream({ service: "alerts", last_success: "2026-11-21T16:00:00.000Z" }),
    ])).toEqual([
      "STREAM                    READ TO               RECORDS  LATE  RESULT",
      "contoso/signIns           2026-11-22T15:58:00Z    1,234     3  read",
      "contoso/alerts_v2         2026-11-22T15:58:00Z        0        1 gap of 30 s",
      "contoso/directory_audits  2026-11-22T15:58:00Z        5        read, 2 h of older time left",
      "contoso/secure_scores                                 0        lacks a permission",
      "contoso/alerts                                        0        not read to its end",
      "done after 1 min 23 s: 1,239 records of 5 streams",
    ]);
  });

  it("counts the streams that are beyond forty, those that are well the first", () => {
    const many = Array.from(
      { length: 100 },
      (_, index) => stream({ service: `s${index}`, sent: 1, last_success: NOW }),
    );
    many[99] = stream({ service: "s99", gaps: 1, gap_seconds: 30 });
    const lines = texts(many);
    expect(lines).toHaveLength(43);
    expect(lines[1]).toContain("contoso/s99");
    expect(lines.slice(-2)).toEqual([
      "and 60 more: 60 records",
      "done after 1 min 23 s: 99 records of 100 streams",
    ]);
  });
});
