import { describe, expect, it } from "vitest";
import { durationInWords } from "../../../src/telemetry/duration.ts";

describe("a length of time", () => {
  it.each([
    [-5, "0 s"],
    [0.4, "0 s"],
    [45, "45 s"],
    [60, "1 min"],
    [125, "2 min 5 s"],
    [725, "12 min"],
    [3600, "1 h"],
    [3900, "1 h 5 min"],
    [86_399, "23 h 59 min"],
    [86_400 * 3 + 4 * 3600, "3 d 4 h"],
  ])("of %s s is %s", (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });
});
