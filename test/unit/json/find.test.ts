import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/emulator/random.ts";
import { createLastPlace } from "../../../src/json/find.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("The last place of a text", () => {
  it.each([
    ["abcabc", "abc", 0, 6, 3],
    ["abcabc", "abc", 0, 5, 0],
    ["abcabc", "abc", 1, 5, -1],
    ["aaaa", "aa", 0, 4, 2],
    ["abab", "b", 0, 4, 3],
    ["", "a", 0, 0, -1],
  ])(
    "of %s, %s in [%i, %i) is %i",
    (text, wanted, from, to, at) =>
      expect(createLastPlace(bytesOf(wanted))(bytesOf(text), from, to)).toBe(at),
  );

  it("is that of lastIndexOf in any text of few letters", () => {
    const random = createRandom("last places");
    const textOf = (most: number) =>
      Array.from({ length: random.int(1, most) }, () => random.pick(["a", "b", "c"])).join("");
    for (let turn = 0; turn < 5000; turn++) {
      const text = textOf(30);
      const wanted = textOf(4);
      expect(createLastPlace(bytesOf(wanted))(bytesOf(text), 0, text.length), `${wanted} in ${text}`)
        .toBe(text.lastIndexOf(wanted));
    }
  });
});
