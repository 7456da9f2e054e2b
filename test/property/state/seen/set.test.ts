/** A seen set that is damaged at every byte and every bit of a frame. */
import { describe, it } from "vitest";
import { expectEmpty, expectFirstFrame, expectNothingFalse, ofFrames } from "../../../support/seenFolder.ts";

describe("a damaged seen set", () => {
  it("that is cut at any byte of its last frame has the frames before it, and takes new ones", () => {
    const damaged = ofFrames(2);
    for (let length = damaged.begins; length < damaged.ends; length++) expectFirstFrame(damaged, length);
  });

  it("that is cut in its header is empty, and takes new keys", () => {
    for (let length = 0; length < 16; length++) expectEmpty(length);
  });

  it("with any flipped bit has no key that was not committed, and those of all frames before", () => {
    const damaged = ofFrames(3);
    for (let bit = damaged.begins * 8; bit < damaged.ends * 8; bit++) expectNothingFalse(damaged, bit);
  });
});
