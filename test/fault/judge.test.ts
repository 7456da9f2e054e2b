/** The judge itself: a judge that never condemns proves nothing. */
import { describe, expect, it } from "vitest";
import { createBook, type Delivered, judge } from "./oracle/judge.ts";

const record = (id: string, version = 1) => `{"id":"${id}","version":${version}}`;
const came = (text: string, life = 0): Delivered => ({ record: text, collection: "alerts_v2", life });
const wanted = (...records: string[]) =>
  records.map((record) => ({ record, collection: "alerts_v2" as const }));

/** A book of these records, served in this order. */
function served(...records: string[]) {
  const book = createBook();
  for (const [index, text] of records.entries()) {
    book.add({
      number: index + 1,
      tenantId: "t",
      collection: "alerts_v2",
      bytes: new TextEncoder().encode(text),
    });
  }
  return book;
}

describe("the judge", () => {
  const [a1, a2, b1] = [record("a", 1), record("a", 2), record("b", 1)];

  it("has nothing against each record once, older versions first", () => {
    const verdict = judge(served(a1, b1, a2), wanted(a2, b1), [came(a1), came(b1), came(a2)]);
    expect(verdict).toEqual({ lost: [], foreign: [], beforeCause: [], repeated: new Map() });
  });

  it("sees what did not come", () => {
    expect(judge(served(a1, b1), wanted(a1, b1), [came(a1)]).lost).toEqual([b1]);
    expect(judge(served(a1, a2), wanted(a2), [came(a1)]).lost, "only an old version came").toEqual([a2]);
  });

  it("sees what was never served, by a single byte", () => {
    const other = b1.replace("1}", "1 }");
    expect(judge(served(a1, b1), wanted(a1), [came(a1), came(other)]).foreign).toEqual([other]);
  });

  it("sees an old version after a newer one, unless it was served again", () => {
    expect(judge(served(a1, a2), wanted(a2), [came(a2), came(a1)]).beforeCause).toEqual([a1]);
    expect(judge(served(a1, a2, a1), wanted(a1), [came(a2), came(a1)]).beforeCause).toEqual([]);
  });

  it("counts what came again for the life that had written it", () => {
    const verdict = judge(served(a1, b1), wanted(a1, b1), [
      came(a1, 0),
      came(b1, 0),
      came(a1, 1),
      came(b1, 2),
    ]);
    expect(verdict.repeated).toEqual(new Map([[0, 2]]));
  });
});
