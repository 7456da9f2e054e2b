import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createKeyMaker, recordKey } from "../../../src/record/keyMaker.ts";
import { withoutWebAssembly } from "../../support/withoutWebAssembly.ts";

const hex = (key: Uint8Array) => [...key].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a record key", () => {
  it("is the first half of the id's SHA-256, from text or bytes", () => {
    const id = "66ea54eb-6301-4ee5-be62-ff5a759b0100";
    const wanted = createHash("sha256").update(id).digest("hex").slice(0, 32);
    expect(hex(recordKey(id))).toBe(wanted);
    expect(hex(recordKey(bytes(id)))).toBe(wanted);
  });

  it("tells where one part ends and the next begins", () => {
    const lists = [["ab", "c"], ["a", "bc"], ["a", "b", "c"], ["abc"], ["abc", ""], ["", "abc"]];
    expect(new Set(lists.map((parts) => hex(recordKey(...parts)))).size).toBe(lists.length);
    expect(hex(recordKey("ü", bytes("x")))).toBe(hex(recordKey(bytes("ü"), "x")));
  });
});

describe("a maker of keys", () => {
  const make = createKeyMaker();

  it("makes the same keys, of texts of any length", () => {
    const bytes = randomBytes(5_000);
    for (let length = 0; length < 2_300; length++) {
      const start = length % 7;
      const wanted = hex(recordKey(bytes.subarray(start, start + length)));
      expect(hex(make(bytes, start, start + length)), `${length} bytes`).toBe(wanted);
    }
  });

  it("makes them where there is no WebAssembly, too", () =>
    withoutWebAssembly(() =>
      expect(hex(createKeyMaker()(bytes("an id"), 0, 5))).toBe(hex(recordKey("an id")))
    ));
});
