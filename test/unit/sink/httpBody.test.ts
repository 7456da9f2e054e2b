import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { type Batch, behind, MOST_BYTES, MOST_LINES, type Unsent } from "../../../src/sink/batch.ts";
import { type BodyKind, type BodyShape, bodyShape } from "../../../src/sink/httpBody.ts";

/** The batches of a write, with copies of their bodies, whose places are used again. */
function batchesOf(text: Uint8Array, { makeBatch }: BodyShape, count: number | null = null): Batch[] {
  const batches: Batch[] = [];
  for (let unsent: Unsent = { lines: text, count }; unsent.lines.length > 0;) {
    const batch = makeBatch(unsent, MOST_LINES, 0);
    batches.push({ ...batch, body: Buffer.from(batch.body) });
    unsent = behind(unsent, batch);
  }
  return batches;
}
const bodies = (kind: BodyKind, text: Buffer) =>
  batchesOf(text, bodyShape(kind, true)).map(({ body }) => Buffer.from(body));
/** What Fluent Bit makes of a body. */
const parsed = (body: Buffer) =>
  (JSON.parse(body.toString("utf8")) as { line: string }[]).map(({ line }) => line);

describe("a body", () => {
  const AWKWARD = [
    `{"a":"quote \\" backslash \\\\ slash \\/ tab \\t"}`,
    `{"é":"Zoë 😀 \u2028 \ufeff","lone":"\\ud800","n":1.0,"big":12345678901234567890}`,
    `<14>2026-11-22 16:00:00.123 host my.app.x.y: {"a":"\u0001\u007f\t"}`,
    `\ufeffbegins with a byte order mark`,
    `[]{}"\\`,
  ];

  it("of objects gives back each line byte for byte", () => {
    const text = Buffer.from(AWKWARD.map((line) => `${line}\n`).join(""));
    const [body] = bodies("fluent-bit", text);
    expect(parsed(body!)).toEqual(AWKWARD);
    expect(Buffer.from(parsed(body!).map((line) => `${line}\n`).join(""))).toEqual(text);
  });

  it("of lines is the lines", () => {
    const text = Buffer.concat([Buffer.from(`${AWKWARD.join("\n")}\n`), Buffer.from([0xff, 0xfe, 0x0a])]);
    expect(bodies("lines", text)).toEqual([text]);
  });

  it("of objects shows what is not UTF-8 as U+FFFD, and stays JSON", () => {
    const [body] = bodies("fluent-bit", Buffer.from([0x61, 0xff, 0x62, 0x0a, 0x63, 0x0a]));
    expect(parsed(body!)).toEqual(["a\ufffdb", "c"]);
  });

  it.each([["lines", "application/x-ndjson"], ["fluent-bit", "application/json"]] as const)(
    "of %s names its type",
    (kind, type) => expect(bodyShape(kind, true).contentType).toBe(type),
  );

  it("of Devo lines is plain text", () => {
    expect(bodyShape("lines", false).contentType).toBe("text/plain; charset=utf-8");
    expect(bodyShape("fluent-bit", false).contentType).toBe("application/json");
  });
});

describe("batches", () => {
  it.each(["lines", "fluent-bit"] as const)("of %s hold 1,000 lines at most", (kind) => {
    const text = Buffer.from("x\n".repeat(2500));
    const shape = bodyShape(kind, true);
    expect(batchesOf(text, shape).map(({ count }) => count)).toEqual([1000, 1000, 500]);
    expect(batchesOf(text, shape, 2500).map(({ count }) => count), "when somebody has counted them")
      .toEqual([1000, 1000, 500]);
  });

  it.each(["lines", "fluent-bit"] as const)(
    "of %s hold 1 MiB at most, but a larger line goes alone",
    (kind) => {
      const sizes = [400_000, 400_000, 400_000, 3_000_000, 10, 300_000];
      const text = Buffer.from(
        sizes.map((size) => `${'"'.repeat(size / 2)}${"x".repeat(size / 2)}\n`).join(""),
      );
      const all = bodies(kind, text);
      const alone = all.filter((body) => body.length > MOST_BYTES);
      expect(alone).toHaveLength(1);
      if (kind === "lines") expect(Buffer.concat(all).equals(text)).toBe(true);
      else expect(all.flatMap(parsed).map((line) => `${line}\n`).join("") === text.toString()).toBe(true);
    },
  );

  it("fill a MiB to its last byte", () => {
    const half = `${"x".repeat(MOST_BYTES / 2 - 1)}\n`;
    expect(bodies("lines", Buffer.from(half + half + half)).map((body) => body.length)).toEqual([
      MOST_BYTES,
      MOST_BYTES / 2,
    ]);
  });
});
