/** A crash at every byte of a page's commit. */
import { describe, it } from "vitest";
import { expectAfterChange, expectAfterCut, underWay } from "../../support/pagesOnDisk.ts";

describe("a crash in the middle of a page's commit", () => {
  it("cut at any byte has the pages before it, and never a position without its keys", () => {
    const commit = underWay();
    for (let length = commit.begins; length <= commit.whole.length; length++) expectAfterCut(commit, length);
  });

  it("with any byte changed, as a power failure may leave it, has the pages before it", () => {
    const commit = underWay();
    for (let index = commit.begins; index < commit.whole.length; index++) expectAfterChange(commit, index);
  });
});
