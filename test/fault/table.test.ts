/** The table in test/README.md, as a whole; each row is held to by the test that makes it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { README, rowsIn } from "../support/faultTable.ts";
import { MOMENTS } from "./oracle/moments.ts";

describe("the table of faults", () => {
  const rows = rowsIn(readFileSync(README, "utf8"));

  it("tells of no record that was lost", () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ lost, tried }) => lost !== 0 || !(tried > 0))).toEqual([]);
  });

  it("has each fault once, and each moment at which a process was ended", () => {
    const faults = rows.map(({ fault }) => fault);
    expect(faults).toEqual([...new Set(faults)].sort());
    for (const { name } of MOMENTS) expect(faults.some((fault) => fault.endsWith(name)), name).toBe(true);
  });
});
