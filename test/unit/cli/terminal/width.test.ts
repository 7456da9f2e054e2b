import { describe, expect, it } from "vitest";
import { cut, fit, widthOf } from "../../../../src/cli/terminal/width.ts";

describe("the columns of a text", () => {
  it.each([
    ["contoso", 7],
    ["東京支社", 8],
    ["ﾄｳｷｮｳ", 5],
    ["Zu\u0308rich", 6],
    // A woman and a laptop joined to one character, which many terminals draw one behind the other.
    ["👩‍💻 ops", 8],
    ["👍🏽", 4],
    ["🇩🇪", 2],
    ["…×·", 3],
  ])("%s takes %i", (text, columns) => expect(widthOf(text)).toBe(columns));
});

describe("a text that is cut", () => {
  it.each([
    ["contoso", 7, "contoso"],
    ["contoso", 6, "conto…"],
    ["contoso", 1, "…"],
    ["contoso", 0, ""],
    ["東京支社", 8, "東京支社"],
    ["東京支社", 7, "東京支…"],
    // Half a character is none.
    ["東京支社", 6, "東京…"],
    ["Zu\u0308rich", 3, "Zu\u0308…"],
  ])("%s in %i columns is %s", (text, columns, kept) => expect(cut(text, columns)).toBe(kept));

  it("is filled to a column of a table, on either side", () => {
    expect(fit("東京", 6)).toBe("東京  ");
    expect(fit("1,234", 7, "right")).toBe("  1,234");
    expect(fit("東京支社", 6)).toBe("東京… ");
  });
});
