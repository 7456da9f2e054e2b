/** Masks, against what the same rules do to a parsed record, and however its keys are written. */
import { describe, expect, it } from "vitest";
import type { ObfuscationRule } from "../../../src/config/config.ts";
import { createRandom, type Random } from "../../../src/emulator/random.ts";
import { createSecret } from "../../../src/config/credentials/secret.ts";
import { shownEachWay } from "../../support/masked.ts";
import { pattern } from "../../support/patterns.ts";

const KEYS = ["a", "b", "user", "userPrincipalName", "a.b", "@odata.type", "é", "x/y", 'q"q'];
const MASKED = "#";

type Value = null | string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

function valueOf(random: Random, depth: number): Value {
  const kind = random.int(0, depth > 3 ? 3 : 5);
  if (kind === 4) return Array.from({ length: random.int(0, 3) }, () => valueOf(random, depth + 1));
  if (kind === 5) return objectOf(random, depth + 1);
  return random.pick([null, true, random.int(0, 99), "text", random.pick(KEYS), `"${random.pick(KEYS)}":1`]);
}

function objectOf(random: Random, depth = 0): Record<string, Value> {
  const members = Array.from(
    { length: random.int(0, 6) },
    () => [random.pick(KEYS), valueOf(random, depth)] as const,
  );
  return Object.fromEntries(members);
}

const rulesOf = (random: Random): ObfuscationRule[] =>
  Array.from({ length: random.int(1, 3) }, () => ({
    path: Array.from({ length: random.int(1, 3) }, () => random.chance(0.3) ? "*" : random.pick(KEYS)),
    value: MASKED,
    stringPatterns: [],
    pseudonymKey: null,
  }));

/** What a rule says, done to values: everything below where its path ends, but for null. */
function expected(value: Value, path: readonly string[]): Value {
  const [step, ...rest] = path;
  const below = (key: string | null, child: Value) =>
    step === undefined ? expected(child, []) : step === "*" || step === key ? expected(child, rest) : child;
  if (Array.isArray(value)) return value.map((child) => below(null, child));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, below(key, child)]));
  }
  return step === undefined && value !== null ? MASKED : value;
}

/** The record with each key's first letter written as an escape. */
const escaped = (json: string) =>
  json.replaceAll(
    /"(?:[^"\\]|\\.)*":/g,
    (key) => /^"[a-z@]/.test(key) ? `"\\u00${key.charCodeAt(1).toString(16)}${key.slice(2)}` : key,
  );

/** The same each way. */
function masked(json: string, rules: readonly ObfuscationRule[]): Value {
  const [plain, ...others] = shownEachWay([json], rules);
  for (const other of others) expect(other, json).toEqual(plain);
  return JSON.parse(plain![0]!.record) as Value;
}

describe("A mask", () => {
  it("does to any record what its rules say, also where keys are written as escapes", () => {
    const random = createRandom("masks");
    for (let turn = 0; turn < 3000; turn++) {
      const record = objectOf(random);
      const rules = rulesOf(random);
      const json = JSON.stringify(record, null, random.pick([0, 0, 1]));
      const wanted = rules.reduce<Value>((value, { path }) => expected(value, path), record);
      const about = `${json} under ${JSON.stringify(rules.map(({ path }) => path))}`;
      expect(masked(json, rules), about).toEqual(wanted);
      const spelt = escaped(json.replaceAll("\n", ""));
      expect(masked(spelt, rules), spelt).toEqual(wanted);
    }
  });

  it("does where a record lies what it does elsewhere, whatever the rules and however it is written", () => {
    const random = createRandom("masks where records lie");
    for (let turn = 0; turn < 1500; turn++) {
      const rules = Array.from({ length: random.int(1, random.chance(0.1) ? 40 : 5) }, () => anyRule(random));
      const records = Array.from({ length: random.int(1, 20) }, () => writtenObject(random));
      const [plain, ...others] = shownEachWay(records, rules);
      for (const other of others) expect(other, JSON.stringify(rules)).toEqual(plain);
    }
  });
});

const SECRET = createSecret("a key of sixteen", { file: "config.yaml", env: {}, readFile: () => "" });
const PATTERNS = [pattern("[a-f]+"), pattern("\\d$"), pattern("^")];

function anyRule(random: Random): ObfuscationRule {
  const kind = random.int(0, 3);
  return {
    path: Array.from(
      { length: random.int(1, 4) },
      () => random.chance(0.3) ? "*" : random.pick([...KEYS, "id", "time", ""]),
    ),
    value: kind === 1 ? random.pick(["", "#", 7, true, "long".repeat(50)]) : undefined,
    stringPatterns: random.chance(0.3) ? [random.pick(PATTERNS)] : [],
    pseudonymKey: kind === 2 ? SECRET : null,
  };
}

/** A record as text: keys twice, blanks anywhere, numbers and escapes in every form, id and time anywhere. */
function writtenObject(random: Random, depth = 0): string {
  const members = Array.from({ length: random.int(0, 7) }, () => {
    const key = JSON.stringify(random.pick([...KEYS, "id", "time", "", "w"]));
    return `${random.chance(0.02) ? escaped(`${key}:`).slice(0, -1) : key}${blank(random)}:${blank(random)}${
      written(random, depth + 1)
    }`;
  });
  return `{${blank(random)}${members.join(`${blank(random)},${blank(random)}`)}${blank(random)}}`;
}

function written(random: Random, depth: number): string {
  if (depth < 4 && random.chance(0.3)) return writtenObject(random, depth);
  if (depth < 4 && random.chance(0.3)) {
    const elements = Array.from({ length: random.int(0, 4) }, () => written(random, depth + 1));
    return `[${blank(random)}${elements.join(`${blank(random)},`)}]`;
  }
  return random.pick(SCALARS);
}

const SCALARS = [
  ..."null true false 0 -0 1.0 1E+2 -1.5e-3 12345678901234567890".split(" "),
  ...['""', '"plain"', '"\\\\"', '"\\""', '"\\u00e9 \\ud83d"', '"é😀"', '"a\\/b"', `"${"long ".repeat(60)}"`],
  ...KEYS.map((key) => JSON.stringify(`"${key}":{[`)),
  ...KEYS.map((key) => JSON.stringify(key)),
];

const blank = (random: Random) => random.chance(0.9) ? "" : random.pick([" ", "\n", "\t\r\n  "]);
