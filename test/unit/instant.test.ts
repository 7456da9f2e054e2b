import { describe, expect, it } from "vitest";
import {
  addSeconds,
  ceilSecond,
  compareInstants,
  floorSecond,
  formatInstant,
  fromMillis,
  parseInstant,
  secondsBetween,
} from "../../src/instant.ts";

const at = (text: string) => {
  const instant = parseInstant(text);
  if (instant === null) throw new Error(`${text} is not an instant`);
  return instant;
};

describe("instants", () => {
  it.each([
    ["2026-11-22T16:00:00Z", "2026-11-22T16:00:00Z"],
    ["2026-11-22T16:00:00.1234567Z", "2026-11-22T16:00:00.1234567Z"],
    ["2026-11-22T16:00:00.123456789Z", "2026-11-22T16:00:00.123456789Z"],
    ["2026-11-22T16:00:00.500Z", "2026-11-22T16:00:00.5Z"],
    ["2026-11-22T08:00:00.1-08:00", "2026-11-22T16:00:00.1Z"],
    ["2026-11-22T16:00:00+00:00", "2026-11-22T16:00:00Z"],
    ["2026-11-22T21:45:00+05:45", "2026-11-22T16:00:00Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
    // What in UTC has no year of four digits is the first or the last moment that has.
    ["9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.999999999Z"],
    ["9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999999Z"],
    ["0000-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z"],
    ["0000-01-01T00:00:00.5Z", "0000-01-01T00:00:00.5Z"],
  ])("read %s as %s", (text, expected) => expect(formatInstant(at(text))).toBe(expected));

  it.each([
    "",
    "2026-11-22",
    "2026-11-22T16:00:00",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T16:00:00.Z",
    "2026-11-22T16:00:00.1234567891Z",
    "yesterday",
    "…Z)",
  ])(
    "refuse %j",
    (text) => expect(parseInstant(text)).toBeNull(),
  );

  it.each([
    [fromMillis(-1e17), "0000-01-01T00:00:00Z"],
    [fromMillis(1e17), "9999-12-31T23:59:59.999999999Z"],
    [addSeconds(at("0000-01-01T00:00:00Z"), -1), "0000-01-01T00:00:00Z"],
    [addSeconds(at("9999-12-31T23:59:59.999999999Z"), 1), "9999-12-31T23:59:59.999999999Z"],
  ])("write %j, which no text can say, as one that can be read", (instant, text) => {
    expect(formatInstant(instant)).toBe(text);
    expect(parseInstant(text)).not.toBeNull();
  });

  it.each([
    ["2026-11-22T16:00:32Z", "2026-11-22T16:00:32.5Z"],
    ["2026-11-22T16:00:32.1234567Z", "2026-11-22T16:00:32.1234568Z"],
    ["2026-11-22T16:00:32.09Z", "2026-11-22T16:00:32.1Z"],
    ["2026-11-22T17:00:32+02:00", "2026-11-22T15:00:33Z"],
  ])("know that %s is before %s", (earlier, later) => {
    expect(compareInstants(at(earlier), at(later))).toBeLessThan(0);
    expect(compareInstants(at(later), at(earlier))).toBeGreaterThan(0);
  });

  it("keep their 100 ns through arithmetic", () => {
    const instant = at("2026-11-22T16:00:00.1234567Z");
    expect(formatInstant(addSeconds(instant, -0.5))).toBe("2026-11-22T15:59:59.6234567Z");
    expect(formatInstant(addSeconds(instant, 3600))).toBe("2026-11-22T17:00:00.1234567Z");
    expect(formatInstant(floorSecond(instant))).toBe("2026-11-22T16:00:00Z");
    expect(formatInstant(ceilSecond(instant))).toBe("2026-11-22T16:00:01Z");
    expect(ceilSecond(floorSecond(instant))).toEqual(floorSecond(instant));
    expect(secondsBetween(instant, addSeconds(instant, 90.25))).toBeCloseTo(90.25, 9);
    expect(formatInstant(fromMillis(Date.UTC(2026, 0, 1) + 7))).toBe("2026-01-01T00:00:00.007Z");
  });
});
