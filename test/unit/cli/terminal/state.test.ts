import { describe, expect, it } from "vitest";
import { stateCell } from "../../../../src/cli/terminal/state.ts";
import { NOW, STARTED, stream } from "../../../support/statuses.ts";

const facts = { now: NOW, started: STARTED };
const BACKFILL = { seconds_left: 3600, share: 0.42, ends: "2026-11-22T16:12:00.000Z" };

describe("what a stream is doing", () => {
  it.each(
    [
      ["reads", { polling: true }, "reading", "good"],
      ["waits for its period", { next_poll: "2026-11-22T16:04:00.000Z" }, "next in 4 min", "faint"],
      [
        "waits for a budget",
        { polling: true, waits_for: "permit", waits_seconds: 12 },
        "waits for a permit, 12 s",
        "plain",
      ],
      [
        "waits for an answer",
        { polling: true, waits_for: "graph", waits_seconds: 3 },
        "waits for Graph, 3 s",
        "plain",
      ],
      // Every request waits for a moment.
      ["asks", { polling: true, waits_for: "graph", waits_seconds: 0.2 }, "reading", "good"],
      ["is done", { last_success: NOW }, "done", "good"],
      ["was read by an earlier process only", { last_success: "2026-11-21T16:00:00.000Z" }, "waits", "faint"],
      ["fails", { verdict: "failing", code: "graph-forbidden" }, "lacks a permission", "bad"],
      [
        "is refused for now",
        { polling: true, code: "graph-throttled" },
        "is throttled by Graph · reading",
        "warn",
      ],
      ["has gaps", { last_success: NOW, gaps: 2, gap_seconds: 90 }, "2 gaps of 1 min 30 s · done", "warn"],
      [
        "reads older time",
        { polling: true, backfill: BACKFILL },
        "backfill ███░░░░░ 42 %, ends in 12 min · reading",
        "good",
      ],
    ] as const,
  )("%s", (_, given, text, tone) => {
    expect(stateCell(stream(given), facts)).toMatchObject({ text, tone });
  });

  it("is said in fewer words where there is less room, and what matters most goes last", () => {
    const waits = stream({ polling: true, waits_for: "permit", waits_seconds: 12, backfill: BACKFILL });
    const { shorten } = stateCell(waits, facts);
    expect([60, 50, 40, 24, 14].map((columns) => shorten!(columns))).toEqual([
      "backfill ███░░░░░ 42 %, ends in 12 min · waits for a permit",
      "backfill 42 %, ends in 12 min · waits for a permit",
      "backfill 42 % · waits for a permit, 12 s",
      "backfill 42 %",
      "backfill 42 %",
    ]);
  });

  it("calls older time by the word that it is given", () => {
    const cell = stateCell(stream({ polling: true, backfill: { ...BACKFILL, ends: null } }), {
      ...facts,
      word: "range",
    });
    expect(cell.text).toBe("range ███░░░░░ 42 % · reading");
  });
});
