/** Masks, against what the same rules do to a parsed record, and however its keys are written. */
import { describe, expect, it } from "vitest";
import type { ObfuscationRule } from "../../../src/config/config.ts";
import { createRandom, type Random } from "../../../src/emulator/random.ts";
import { createMasks } from "../../../src/record/mask.ts";

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

function masked(json: string, rules: readonly ObfuscationRule[]): Value {
  // Neighbours that must not matter.
  const bytes = new TextEncoder().encode(`"user":"a","b"${json}"user":"a","é"`);
  const start = 14;
  const end = start + new TextEncoder().encode(json).length;
  const result = createMasks()(rules)!(bytes, start, end) ?? bytes.subarray(start, end);
  return JSON.parse(new TextDecoder().decode(result)) as Value;
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
});
