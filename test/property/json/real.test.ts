import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cut } from "../../support/framed.ts";

const folder = new URL("../../../../shared/data/", import.meta.url);
const present = existsSync(folder);
if (!present) {
  console.info("json: ../shared/data is not beside the checkout, so no page was made of real records");
}

const files = present
  ? readdirSync(folder).filter((name) => name.endsWith(".ndjson") && !name.startsWith("errors-"))
  : [];

describe.skipIf(!present)("real records come out byte for byte", () => {
  it.each(files)("%s", (name) => {
    const lines = readFileSync(new URL(name, folder), "latin1").split("\n").filter((line) => line !== "");
    const page = Uint8Array.from(
      `{"@odata.context":"x","value":[${lines.join(",")}],"@odata.nextLink":"https://x/"}`,
      (char) => char.charCodeAt(0),
    );
    for (const sizes of [[], [65_536], [1_021], [13]]) {
      const { texts, nextLink, records } = cut(page, sizes);
      expect(texts).toEqual(lines);
      expect({ nextLink, records }).toEqual({ nextLink: "https://x/", records: lines.length });
    }
  });
});
