/** Pages of records as nobody would write them, and what is done to them; one seed, one document. */
import { createRandom, type Random } from "../../src/emulator/random.ts";

/** A page, and what a scanner must find in it. */
export interface JsonPage {
  readonly bytes: Uint8Array;
  /** The bytes of each record. */
  readonly records: readonly Uint8Array[];
  readonly nextLink: string | null;
}

const encoder = new TextEncoder();

/** The same stream for the same seed, apart from the emulator's. */
export const randomOf = (seed: number): Random => createRandom(`page ${seed}`);

/** Up to `most` of them, each made anew. */
const some = <T>(random: Random, most: number, make: () => T): T[] =>
  Array.from({ length: random.int(0, most) }, make);

/** A length near the borders of the blocks that are looked at together, now and then. */
const runLength = (random: Random) =>
  random.chance(0.9) ? random.int(0, 8) : random.pick([15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 300]);

const space = (random: Random) =>
  random.chance(0.8)
    ? ""
    : Array.from({ length: runLength(random) }, () => random.pick([" ", "\t", "\r\n", "\n"])).join("");

// What a search for quotes and brackets alone would take for the structure of the page.
const PIECES = [
  '\\"value\\"',
  "value",
  '\\"value\\":[{',
  "}",
  "{",
  "]",
  "[",
  "]}",
  ",",
  ":",
  "//",
  "\\\\",
  '\\"',
  "\\/",
  "\\n",
  "\\u0000",
  "\\u00e9",
  "\\uD800",
  "\\udc00\\ud800",
  "\u007f",
  "\u2028",
  "\ufeff",
  "é",
  "😀",
  "a",
];

/** A JSON text: quotes included. Long runs put the same byte on both sides of every border. */
function text(random: Random): string {
  if (random.chance(0.1)) {
    return `"${random.pick(["\\\\", "a", "\\u0041", "😀", '\\"']).repeat(runLength(random))}"`;
  }
  return `"${some(random, 8, () => random.pick(PIECES)).join("")}"`;
}

function number(random: Random): string {
  if (random.chance(0.5)) {
    return random.pick(["0", "-0", "1.0", "12345678901234567890", "1E+2", "-1.5e-300", "1e400", "7", "0e0"]);
  }
  const digits = () => Array.from({ length: 1 + runLength(random) }, () => random.int(0, 9)).join("");
  const whole = random.chance(0.3) ? "0" : `${random.int(1, 9)}${random.chance(0.5) ? digits() : ""}`;
  const fraction = random.chance(0.5) ? `.${digits()}` : "";
  const exponent = random.chance(0.3) ? random.pick(["e", "E", "e+", "E-"]) + random.int(0, 400) : "";
  return `${random.pick(["", "-"])}${whole}${fraction}${exponent}`;
}

function value(random: Random, depth: number): string {
  const kind = random.int(0, depth > 4 ? 2 : 4);
  if (kind === 0) return text(random);
  if (kind === 1) return number(random);
  if (kind === 2) return random.pick(["true", "false", "null"]);
  if (kind === 3) return object(random, depth + 1);
  const elements = some(random, 3, () => space(random) + value(random, depth + 1) + space(random));
  return `[${elements.join(",") || space(random)}]`;
}

function member(random: Random, depth: number): string {
  const names = ['"value"', '"id"', '"\\u0076alue"', '"@odata.nextLink"', '"__proto__"', '""'];
  const key = random.chance(0.3) ? text(random) : random.pick(names);
  return `${space(random)}${key}${space(random)}:${space(random)}${value(random, depth)}${space(random)}`;
}

function object(random: Random, depth: number): string {
  const inner = some(random, 4, () => member(random, depth)).join(",") || space(random);
  return random.chance(0.01) ? nested(random, random.int(50, 400), `{${inner}}`) : `{${inner}}`;
}

/** An object this many levels above `inmost`. */
function nested(random: Random, levels: number, inmost: string): string {
  const [open, close] = random.pick([['{"a":', "}"], ['{"a":[', "]}"], ['{"a":[[0],', "]}"]] as const);
  return open.repeat(levels) + inmost + close.repeat(levels);
}

/** A valid page. */
export function randomPage(random: Random): JsonPage {
  const records = some(random, 6, () => object(random, 1));
  const elements = records.map((record) => space(random) + record + space(random)).join(",");
  const other = (name: string) => `"${name}":${value(random, 1)}`;
  const nextLink = random.chance(0.5) ? null : `https://x/?$skiptoken=${random.digits(9)}`;
  const link = nextLink === null ? [] : [`"@odata.nextLink"${space(random)}:"${nextLink}"`];
  const linkFirst = random.chance(0.5);
  const members = [
    ...some(random, 2, () => other("before")),
    ...(linkFirst ? link : []),
    `"value"${space(random)}:${space(random)}[${elements || space(random)}]`,
    ...(linkFirst ? [] : link),
    ...some(random, 2, () => other("behind")),
  ];
  const mark = random.chance(0.2) ? "\ufeff" : "";
  return {
    bytes: encoder.encode(`${mark}${space(random)}{${members.join("," + space(random))}}${space(random)}`),
    records: records.map((record) => encoder.encode(record)),
    nextLink,
  };
}

const STRAY_BYTES = [
  ...encoder.encode(' \t\n"{}[],:\\0159.eE-+truefalsnu/b'),
  0,
  0x1f,
  0x7f,
  0x80,
  0xc3,
  0xff,
];
const STRAY_TEXTS = [
  '"value":[{}],',
  ',"value":[]',
  '"\\u0076alue":[{}],',
  '"@odata.nextLink":"https://y/",',
  "\ufeff",
  "\r\n",
  "\u0000\u0000",
  "/* */",
  "NaN",
  "01",
  "\\ud800",
  "]}",
  "[{",
  '{"value":[]}',
].map((text) => encoder.encode(text));

/** The bytes after one to three accidents: something lost, doubled, changed, put in, cut off or moved. */
export function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let now = bytes;
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) now = accident(now, random);
  return now;
}

function accident(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.int(0, Math.max(0, bytes.length - 1));
  const replaced = (removed: number, added: ArrayLike<number>) => {
    const now = new Uint8Array(at + added.length + Math.max(0, bytes.length - at - removed));
    now.set(bytes.subarray(0, at));
    now.set(added, at);
    now.set(bytes.subarray(at + removed), at + added.length);
    return now;
  };
  switch (random.int(0, 9)) {
    case 0:
      return replaced(random.int(1, 20), []);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return replaced(0, bytes.slice(at, at + random.int(1, 40)));
    case 3:
      return replaced(0, random.pick(STRAY_TEXTS));
    case 4:
    case 5:
      return replaced(1, []);
    case 6:
    case 7:
      return replaced(0, [random.pick(STRAY_BYTES)]);
    default:
      return replaced(1, [random.pick(STRAY_BYTES)]);
  }
}

/** The sizes of the pieces in which a document arrives; the last one repeats. */
export function pieceSizes(random: Random): readonly number[] {
  const largest = random.pick([1, 3, 16, 64, 100, 1 << 20]);
  return Array.from({ length: random.int(1, 60) }, () => random.int(1, largest));
}
