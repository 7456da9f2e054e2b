/** One page in pieces of every size, and a large one in very small pieces. */
import { describe, expect, it } from "vitest";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { cut, utf8 } from "../../support/framed.ts";
import { expected, length, nasty } from "../../support/nastyPage.ts";

describe("pieces", () => {
  it("may end anywhere", () => {
    expect(JSON.parse(nasty.slice(1)).value).toHaveLength(4);
    for (let size = 1; size <= length; size++) expect(cut(nasty, [size]), `size ${size}`).toEqual(expected);
    for (let first = 1; first < length; first++) {
      expect(cut(nasty, [first, length]), `first ${first}`).toEqual(expected);
    }
  });

  it("cost the same however small they are", () => {
    const record = `{"a":"${"x\\\\".repeat(500_000)}","b":[${"1.5,".repeat(250_000)}0]}`;
    const page = utf8(`{"value":[${record},{}]}`);
    const scanner = createPageScanner();
    const lengths: number[] = [];
    for (let at = 0; at < page.length; at += 5) {
      scanner.push(page.subarray(at, at + 5), (_, start, end) => lengths.push(end - start));
    }
    expect(lengths).toEqual([record.length, 2]);
  });
});
