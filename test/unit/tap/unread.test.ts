import { describe, expect, it } from "vitest";
import { formatInstant, type Instant, parseInstant } from "../../../src/instant.ts";
import { splitUnread } from "../../../src/tap/unread.ts";

const at = (text: string) => parseInstant(text) as Instant;
const bounds = {
  watermark: at("2026-11-22T15:55:00Z"),
  start: at("2026-11-01T00:00:00Z"),
  now: at("2026-11-22T16:00:00Z"),
  oldest: at("2026-10-23T16:00:00Z"),
  liveSeconds: 3600,
};

describe("what is unread", () => {
  it.each([
    ["is today's when the last poll was moments ago", {}, "15:55:00", null],
    ["is today's up to an hour", { watermark: at("2026-11-22T15:00:00Z") }, "15:00:00", null],
    [
      "of a first start weeks back is today's hour, the rest waits",
      { watermark: null },
      "15:00:00",
      "2026-11-01T00:00:00Z",
    ],
    [
      "of a long stop is today's hour, the rest waits",
      { watermark: at("2026-11-20T00:00:00Z") },
      "15:00:00",
      "2026-11-20T00:00:00Z",
    ],
    [
      "begins with the start when nothing was read",
      { watermark: null, start: at("2026-11-22T15:30:00Z") },
      "15:30:00",
      null,
    ],
    [
      "begins with what Graph keeps",
      { watermark: null, start: at("2026-01-01T00:00:00Z") },
      "15:00:00",
      "2026-10-23T16:00:00Z",
    ],
    [
      "leaves out what Graph dropped during a stop",
      { watermark: at("2026-09-01T00:00:00Z"), start: at("2026-01-01T00:00:00Z") },
      "15:00:00",
      "2026-10-23T16:00:00Z",
    ],
    ["is nothing when the clock was set back", { now: at("2026-11-22T14:00:00Z") }, "14:00:00", null],
  ])("%s", (_, changes, liveFrom, backfillFrom) => {
    const unread = splitUnread({ ...bounds, ...changes });
    expect(formatInstant(unread.liveFrom)).toBe(`2026-11-22T${liveFrom}Z`);
    expect(unread.backfill === null ? null : formatInstant(unread.backfill.from)).toBe(backfillFrom);
    if (unread.backfill !== null) expect(unread.backfill.to).toBe(unread.liveFrom);
  });

  it("says so when the start lies before what Graph keeps", () => {
    expect(splitUnread({ ...bounds, watermark: null, start: at("2026-01-01T00:00:00Z") }).clamped).toBe(true);
    expect(splitUnread({ ...bounds, watermark: null }).clamped).toBe(false);
  });
});
