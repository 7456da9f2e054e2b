import { describe, expect, it } from "vitest";
import { parseStartTime } from "../../../src/config/startTime.ts";
import { formatInstant } from "../../../src/instant.ts";

describe("a start time", () => {
  it.each([
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    ["2026-01-01T00-00-01Z", "2026-01-01T00:00:01Z"],
    ["2026-01-01", "2026-01-01T00:00:00Z"],
    ["2026-01-01T10:20", "2026-01-01T10:20:00Z"],
    ["2026-01-01 10:20:30", "2026-01-01T10:20:30Z"],
    ["2026-01-01T10:20:30.1234567Z", "2026-01-01T10:20:30.1234567Z"],
    ["2026-01-01T10:20:30,5", "2026-01-01T10:20:30.5Z"],
    ["2026-01-01T10:20:30+02:00", "2026-01-01T08:20:30Z"],
    ["2026-01-01T10-20-30-0500", "2026-01-01T15:20:30Z"],
    [" 2026-01-01t10:20:30z ", "2026-01-01T10:20:30Z"],
  ])("%s is %s", (text, expected) => {
    expect(formatInstant(parseStartTime(text)!)).toBe(expected);
  });

  it.each([
    "",
    "now",
    "1767225600",
    "2026-13-01",
    "2026-02-29",
    "2026-01-01T25:00:00Z",
    "2026-01-01T10:20-30Z",
    "01/02/2026",
  ])(
    "%j is none",
    (text) => {
      expect(parseStartTime(text)).toBeNull();
    },
  );
});
