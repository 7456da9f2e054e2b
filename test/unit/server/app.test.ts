import { describe, expect, it } from "vitest";
import { openHouse } from "./house.ts";

describe("the access log", () => {
  it("is for debugging, and has no query", async () => {
    const house = openHouse();
    await house.fetch("/v1/pull?service=signIns&input=contoso");
    const line = house.log.find((text) => text.includes("answered"));
    expect(line).toMatch(/ debug answered method=GET path=\/v1\/pull status=200 ms=0$/m);
  });
});
