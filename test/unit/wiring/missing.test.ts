import { describe, expect, it } from "vitest";
import { type Missing, missingInWords } from "../../../src/wiring/missing.ts";

const NONE: Missing = { gaps: 0, gap_seconds: 0, streams: [], lost_seconds: 0, lostBy: [] };

describe("what is missing", () => {
  it.each<[Partial<Missing>, string]>([
    [{}, ""],
    [{ lost_seconds: 7200, lostBy: ["a/b"] }, "2 h lost for good in a/b: see graphtap gaps"],
    [
      { gaps: 1, gap_seconds: 30, streams: ["a/b"], lost_seconds: 60, lostBy: ["a/c"] },
      "1 gap of 30 s in a/b, and 1 min lost for good in a/c: see graphtap gaps",
    ],
    [{ gaps: 1, gap_seconds: 30, streams: ["a/b"] }, "1 gap of 30 s in a/b: see graphtap gaps"],
    [
      { gaps: 7, gap_seconds: 7200, streams: ["1/a", "2/a", "3/a", "4/a", "5/a", "6/a", "7/a"] },
      "7 gaps of 2 h in 1/a, 2/a, 3/a, 4/a, 5/a and 2 more: see graphtap gaps",
    ],
  ])(
    "is said with where it is",
    (missing, words) => expect(missingInWords({ ...NONE, ...missing })).toBe(words),
  );
});
