import { describe, expect, it } from "vitest";
import { fittedWidth, shrunkWidth } from "../../../../src/tap/windows/windowWidth.ts";

describe("the width of windows", () => {
  it("doubles while few pages suffice, halves when there are many, within its bounds", () => {
    expect([1, 2, 3, 20, 21].map((pages) => fittedWidth(3600, pages, 86_400))).toEqual([
      7200,
      7200,
      3600,
      3600,
      1800,
    ]);
    expect(fittedWidth(80_000, 1, 86_400)).toBe(86_400);
    expect(fittedWidth(40, 100, 86_400)).toBe(30);
  });

  it("halves down to a smallest one, and then gives up", () => {
    expect(shrunkWidth(3600)).toBe(1800);
    expect(shrunkWidth(45)).toBe(30);
    expect(shrunkWidth(30)).toBeNull();
  });
});
