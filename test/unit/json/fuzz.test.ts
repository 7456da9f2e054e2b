import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { cut, latin1, randomFrom, utf8 } from "./cut.ts";

type Random = () => number;

const DOCUMENTS = 3000;

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const times = <T>(random: Random, most: number, make: () => T): T[] =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, make);

const space = (random: Random) =>
  random() < 0.8 ? "" : times(random, 3, () => pick(random, [..." \t\r\n"])).join("");

const TEXTS = [
  '"value"',
  "value",
  "}",
  "{",
  "]",
  "[",
  ",",
  ":",
  "\\\\",
  '\\"',
  "\\/",
  "\\n",
  "\\u00e9",
  "\\ud800",
  "é",
  "😀",
  "a",
];
const text = (random: Random) =>
  `"${times(random, 8, () => pick(random, TEXTS).replace(/^"value"$/, '\\"value\\"')).join("")}"`;

const NUMBERS = ["0", "-0", "1.0", "12345678901234567890", "1E+2", "-1.5e-300", "1e400", "7"];

function value(random: Random, depth: number): string {
  const kind = Math.floor(random() * (depth > 4 ? 3 : 5));
  if (kind === 0) return text(random);
  if (kind === 1) return pick(random, NUMBERS);
  if (kind === 2) return pick(random, ["true", "false", "null"]);
  if (kind === 3) return object(random, depth + 1);
  const elements = times(random, 3, () => space(random) + value(random, depth + 1) + space(random));
  return `[${elements.join(",") || space(random)}]`;
}

function member(random: Random, depth: number): string {
  const key = pick(random, ['"value"', '"id"', '"\\u0076alue"', '"@odata.nextLink"', text(random)]);
  return space(random) + key + space(random) + ":" + space(random) + value(random, depth) + space(random);
}

function object(random: Random, depth: number): string {
  return `{${times(random, 4, () => member(random, depth)).join(",") || space(random)}}`;
}

/** A page and the records in it. */
function page(random: Random): { text: string; records: string[]; link: string | null } {
  const records = times(random, 6, () => object(random, 1));
  const array = `[${
    records.map((record) => space(random) + record + space(random)).join(",") || space(random)
  }]`;
  const link = random() < 0.5 ? null : `https://x/?$skiptoken=${Math.floor(random() * 1e9)}`;
  const other = (name: string) => `"${name}":${value(random, 1)}`;
  const members = [
    ...times(random, 2, () => other("before")),
    ...(link !== null && random() < 0.5 ? [`"@odata.nextLink":"${link}"`] : []),
  ];
  const at = members.length;
  members.push(`"value"${space(random)}:${space(random)}${array}`);
  if (link !== null && members.length - 1 === at && !members.some((text) => text.includes(link))) {
    members.push(`"@odata.nextLink":"${link}"`);
  }
  members.push(...times(random, 2, () => other("behind")));
  const mark = random() < 0.2 ? "\ufeff" : "";
  return {
    text: `${mark}${space(random)}{${members.join("," + space(random))}}${space(random)}`,
    records,
    link,
  };
}

const sizes = (random: Random) =>
  times(random, 200, () => 1 + Math.floor(random() * pick(random, [2, 10, 100])));

describe(`${DOCUMENTS} random pages in random pieces`, () => {
  it("give each record's bytes and the link", () => {
    for (let seed = 1; seed <= DOCUMENTS; seed++) {
      const random = randomFrom(seed);
      const { text, records, link } = page(random);
      expect(JSON.parse(text.replace(/^\ufeff/, "")).value, `seed ${seed}`).toEqual(
        records.map((r) => JSON.parse(r)),
      );
      const found = cut(text, [...sizes(random), 1 + Math.floor(random() * 50)]);
      expect(found, `seed ${seed}`).toEqual({
        texts: records.map((record) => latin1(utf8(record))),
        nextLink: link,
        records: records.length,
        bytes: utf8(text).length,
      });
    }
  });

  it("are refused exactly when JSON.parse refuses them, after a byte was changed", () => {
    const tally = { accepted: 0, refused: 0 };
    for (let seed = 1; seed <= DOCUMENTS * 2; seed++) {
      const random = randomFrom(seed + 1_000_000);
      const bytes = damaged(utf8(page(random).text), random);
      const expected = reference(bytes);
      const found = attempt(bytes, [...sizes(random), 1 + Math.floor(random() * 50)]);
      expect(found, `seed ${seed}: ${latin1(bytes)}`).toEqual(expected);
      tally[expected === null ? "refused" : "accepted"]++;
    }
    // Otherwise the test would judge nothing.
    expect(Math.min(tally.accepted, tally.refused), JSON.stringify(tally)).toBeGreaterThan(DOCUMENTS / 10);
  });
});

/** The bytes with one of them taken out, doubled, replaced or followed by another. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const other = pick(random, [...utf8(' \t\n"{}[],:\\0159.eE-+truefalsnu/b'), 0, 0x1f, 0x7f, 0x80, 0xff]);
  const [removed, added] = pick(
    random,
    [[1, []], [1, [other]], [0, [other]], [0, [bytes[at] as number]]] as const,
  );
  return Uint8Array.of(...bytes.subarray(0, at), ...added, ...bytes.subarray(at + removed));
}

/** The records as values, `null` when this is no page. */
function attempt(bytes: Uint8Array, sizes: readonly number[]): unknown[] | null {
  try {
    return cut(bytes, sizes).texts.map((text) =>
      JSON.parse(decoded(Uint8Array.from(text, (c) => c.charCodeAt(0))))
    );
  } catch (error) {
    if (error instanceof GraphtapError && error.code === "page-invalid") return null;
    throw error;
  }
}

function reference(bytes: Uint8Array): unknown[] | null {
  try {
    const { value } = JSON.parse(decoded(bytes));
    const isRecord = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
    return Array.isArray(value) && value.every(isRecord) ? value : null;
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
