import { describe, expect, it } from "vitest";
import { parseStatusAddress } from "../../../src/cli/statusReader.ts";

describe("the address of a running server", () => {
  it.each([
    [undefined, "http://127.0.0.1:9464"],
    ["127.0.0.1:9465", "http://127.0.0.1:9465"],
    ["https://graphtap.example/any", "https://graphtap.example"],
    ["unix:/run/graphtap/s", "unix:/run/graphtap/s"],
  ])("%s is %s", (text, name) => expect(parseStatusAddress(text, null).name).toBe(name));

  it.each(["9464", "ftp://127.0.0.1", "http://user:password@127.0.0.1", "unix:", ""])(
    "%j is none",
    (text) => expect(() => parseStatusAddress(text, null)).toThrow("expected http://HOST:PORT"),
  );
});
