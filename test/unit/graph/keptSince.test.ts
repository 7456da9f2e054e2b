import { describe, expect, it } from "vitest";
import { keptSince } from "../../../src/graph/keptSince.ts";
import { formatInstant } from "../../../src/instant.ts";

describe("the oldest time that an answer names", () => {
  it.each([
    [
      "(Parameter 'Minimum allowed time for activityDateTime is 11/22/2026 12:00:00 AM')",
      "2026-11-22T00:00:00Z",
    ],
    ["Minimum allowed time for createdDateTime is 1/2/2026 1:05:09 PM", "2026-01-02T13:05:09Z"],
    ["minimum allowed time is 11/22/2026 12:30:00 PM +00:00", "2026-11-22T12:30:00Z"],
    ["minimum allowed time is 11/22/2026 00:30:00", "2026-11-22T00:30:00Z"],
    ["The earliest time that can be asked for is 2026-11-22T07:00:00.5Z.", "2026-11-22T07:00:00.5Z"],
    ["the time must not be earlier than 2026-11-22 07:00:00", "2026-11-22T07:00:00Z"],
    ["records older than 2026-11-22T07:00:00+02:00 are not kept", "2026-11-22T05:00:00Z"],
  ])("is read from %j", (message, time) => {
    expect(formatInstant(keptSince(message)!)).toBe(time);
  });

  it.each([
    "",
    "Invalid filter clause",
    "Minimum allowed time for activityDateTime is 13/45/2026 12:00:00 AM",
    "The request at 2026-11-22T07:00:00Z failed",
    "the minimum is 7 days",
  ])("is none in %j", (message) => {
    expect(keptSince(message)).toBeNull();
  });
});
