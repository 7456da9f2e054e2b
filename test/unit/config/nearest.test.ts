import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../../src/config/nearest.ts";

describe("the nearest word", () => {
  it.each([
    ["signInz", ["signIns", "signIn"], "signIns"],
    ["SIGNINS", ["signIns_v2", "signIns"], "signIns"],
    ["overide_tag", ["override_tag", "override_scope"], "override_tag"],
    ["di", ["id", "name"], "id"],
    ["mail", ["signIns", "alerts"], null],
  ])("to %s of %j is %s", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it.each([["", "abc", 3], ["abc", "acb", 1], ["kitten", "sitting", 3], ["same", "same", 0]])(
    "counts from %j to %j %i changes",
    (a, b, changes) => {
      expect(editDistance(a, b)).toBe(changes);
    },
  );
});
