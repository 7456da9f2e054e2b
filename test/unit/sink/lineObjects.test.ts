import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { type Batch, behind, type MakeBatch, MOST_BYTES, type Unsent } from "../../../src/sink/batch.ts";
import { createLineObjects, objectsByText } from "../../../src/sink/lineObjects.ts";

const objects = createLineObjects();

/** A source of numbers below `n`, the same for a seed: mulberry32. */
function randomBelow(seed: number): (n: number) => number {
  return (n) => {
    seed = seed + 0x6d2b79f5 | 0;
    let bits = Math.imul(seed ^ seed >>> 15, 1 | seed);
    bits = bits + Math.imul(bits ^ bits >>> 7, 61 | bits) ^ bits;
    return Math.floor(((bits ^ bits >>> 14) >>> 0) / 2 ** 32 * n);
  };
}

function batchesBy(makeBatch: MakeBatch, lines: Uint8Array, most: number): Batch[] {
  const batches: Batch[] = [];
  for (let unsent: Unsent = { lines, count: null }; unsent.lines.length > 0;) {
    const batch = makeBatch(unsent, most, 0);
    batches.push({ ...batch, body: Buffer.from(batch.body) });
    unsent = behind(unsent, batch);
  }
  return batches;
}

/** The bytes themselves are compared: of a difference the runner would print all. */
function expectSame(lines: Uint8Array, most: number, where: string): void {
  const [fast, slow] = [objects, objectsByText].map((way) => batchesBy(way, lines, most));
  expect(fast!.map(({ count, lines: { length } }) => [count, length]), where)
    .toEqual(slow!.map(({ count, lines: { length } }) => [count, length]));
  fast!.forEach(({ body }, index) => {
    const same = Buffer.from(body).equals(Buffer.from(slow![index]!.body));
    if (!same) expect(Buffer.from(body).toString("latin1"), where).toBe(slow![index]!.body.toString());
    expect(body.length).toBeLessThanOrEqual(Math.max(MOST_BYTES, slow![index]!.body.length));
  });
}

const ALPHABETS: Record<string, (random: (n: number) => number) => number[]> = {
  "any byte": (random) => [random(256)],
  "plain letters, with quotes and backslashes": (random) => [[0x61, 0x62, 0x22, 0x5c][random(4)]!],
  "control characters": (random) => [random(3) === 0 ? random(32) : 0x61],
  "signs of several bytes": (random) => [
    ...Buffer.from(
      ["é", "€", "😀", "\ufeff", "\u2028", "a", '"', "\u0800", "\uffff", "\u{10ffff}"][random(10)]!,
    ),
  ],
  "broken signs of several bytes": (random) => {
    const bytes = [0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf];
    return [bytes[random(bytes.length)]!];
  },
};

describe("lines as objects in WebAssembly", () => {
  it.each(Object.entries(ALPHABETS))("are what JSON.stringify makes of them: %s", (name, sign) => {
    const random = randomBelow(7);
    for (let round = 0; round < 400; round++) {
      const bytes: number[] = [];
      const length = random(300);
      while (bytes.length < length) {
        if (random(40) === 0) bytes.push(0x0a);
        else bytes.push(...sign(random).filter((byte) => byte !== 0x0a));
      }
      bytes.push(0x0a);
      expectSame(Uint8Array.from(bytes), 1 + random(5), `${name}, round ${round}`);
    }
  });

  it("fill a body to its last byte, whatever stands at its end", () => {
    const frame = '[{"line":""}]'.length;
    for (const ending of ["x", '"', "\\", "\u0001", "é", "\ud800", "x".repeat(20)]) {
      for (let spare = -8; spare <= 8; spare++) {
        const first = `${"x".repeat(MOST_BYTES - 2 * frame - 100)}\n`;
        const room = MOST_BYTES - first.length - 2 * frame + spare;
        const second = `${"y".repeat(Math.max(0, room - ending.length))}${ending}\n`;
        expectSame(Buffer.from(`${first}${second}third\n`), 1000, `${JSON.stringify(ending)} ${spare}`);
      }
    }
  });

  it("may be larger than a body, one alone", () => {
    const random = randomBelow(1);
    const sizes = [10, MOST_BYTES - 5, MOST_BYTES, 3 * MOST_BYTES, 5, 600_000, 600_000];
    const lines = sizes.map((size) => `${'x"\\é'.charAt(random(4)).repeat(size)}\n`).join("");
    expectSame(Buffer.from(lines), 1000, "large lines");
  });

  it("take a last line that has no line feed, too", () => {
    const bodies = batchesBy(objects, Buffer.from("a\nb"), 1000).map(({ body }) => body.toString());
    expect(bodies).toEqual(['[{"line":"a"}]', '[{"line":"b"}]']);
  });

  it("keeps a body until another is made in its place", () => {
    const unsent = (text: string): Unsent => ({ lines: Buffer.from(`${text}\n`), count: 1 });
    const first = objects(unsent("first"), 1000, 0);
    const second = objects(unsent("second"), 1000, 1);
    expect([first, second].map(({ body }) => Buffer.from(body).toString()))
      .toEqual(['[{"line":"first"}]', '[{"line":"second"}]']);
  });
});
