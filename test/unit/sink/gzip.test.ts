import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { createGzip, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chooseCompress, type Compress, compressedAnew } from "../../../src/sink/gzip.ts";

describe.each<[string, Compress]>([
  ["by steps", chooseCompress()],
  ["anew each time", compressedAnew],
])("bytes that are compressed %s", (_, compress) => {
  it.each([
    ["few", Buffer.from("a line\n")],
    ["none", Buffer.alloc(0)],
    ["many that are alike", Buffer.from(`{"n":1}\n`.repeat(200_000))],
    ["many of which none is like another", randomBytes(1024 * 1024)],
    ["few again", Buffer.from("b\n")],
  ])("are what they were: %s", (_, bytes) => {
    for (const place of [0, 1, 0] as const) {
      expect(gunzipSync(compress(bytes, place)).equals(bytes)).toBe(true);
    }
  });

  it("hold while the next ones are compressed in the other place", () => {
    const first = compress(Buffer.from("first"), 0);
    compress(Buffer.from("second"), 1);
    expect(gunzipSync(first).toString()).toBe("first");
  });
});

it("does without steps where they are not what we know of them", () => {
  const without = chooseCompress((options) => Object.assign(createGzip(options), { _handle: {} }));
  expect(without).toBe(compressedAnew);
  const wrong = chooseCompress((options) => {
    const gzip = createGzip(options) as ReturnType<typeof createGzip> & { _handle: { reset(): void } };
    gzip._handle.reset = () => {};
    return gzip;
  });
  expect(wrong).toBe(compressedAnew);
});

it("is what this runtime has", () => {
  expect(chooseCompress()).not.toBe(compressedAnew);
});
