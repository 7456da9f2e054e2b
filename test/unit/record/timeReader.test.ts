import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../src/instant.ts";
import { createTimeReader } from "../../../src/record/timeReader.ts";

const encoder = new TextEncoder();

/** What a parser that remembers nothing makes of the same value. */
function expected(json: string) {
  const value: unknown = JSON.parse(json);
  return typeof value === "string" ? parseInstant(value) : null;
}

const VALUES = [
  "2026-11-22T16:00:00Z",
  "2026-11-22T16:00:09.1234567Z",
  "2026-11-22T16:00:05.5Z",
  "2026-11-22T16:00:05.000000001Z",
  "2026-11-22T16:00:05.0000000001Z",
  "2026-11-22T16:00:05.Z",
  "2026-11-22T16:00:05.1x3Z",
  "2026-11-22T16:00:0xZ",
  "2026-11-22T16:00:05+00:00",
  "2026-11-22T16:00:05.25-05:30",
  "2026-11-22t16:00:05z",
  "2026-11-22 16:00:07Z",
  "2026-11-22T15:59:59.9999999Z",
  "2026-11-22T15:59:60Z",
  "2026-11-22T15:59:61Z",
  "2026-11-22T15:59:65Z",
  "2026-11-31T16:00:05Z",
  "2026-11-31T16:00:06Z",
  "0026-11-22T16:00:05Z",
  "12026-11-22T16:00:05Z",
  "",
  "yesterday",
].map((text) => JSON.stringify(text)).concat(["null", "17", '"2026-11-22T16:00:0\\u0035Z"']);

describe("createTimeReader", () => {
  it("reads each value as if it had read none before", () => {
    for (const first of VALUES) {
      for (const second of VALUES) {
        const read = createTimeReader();
        for (const json of [first, second]) {
          const bytes = encoder.encode(`,${json},`);
          expect(read(bytes, 1, bytes.length - 1), `${json} after ${first}`).toEqual(expected(json));
        }
      }
    }
  });

  it("finds no time where a record has none", () => {
    expect(createTimeReader()(new Uint8Array(4), -1, -1)).toBeNull();
  });
});
