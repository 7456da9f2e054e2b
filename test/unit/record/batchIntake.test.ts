import { expect, it } from "vitest";
import { caseOf, taken } from "../../support/takenPage.ts";

it("Records that are taken many at once come to what they come to one by one, however they arrive", async () => {
  // `test/property/record/batchIntake.test.ts` reads more and longer pages.
  for (let seed = 1; seed <= 30; seed++) {
    const { page, sizes, options } = caseOf(seed, 150);
    const atOnce = await taken(page, sizes, { ...options, byBatch: true });
    const oneByOne = await taken(page, sizes, { ...options, byBatch: false });
    expect(atOnce.outcome, `seed ${seed}`).toEqual(oneByOne.outcome);
    // Only what is compared with the whole collection is looked at record by record.
    if (options.plugin.cursor.kind !== "snapshot") expect(atOnce.alone, `seed ${seed}`).toBe(0);
  }
});
