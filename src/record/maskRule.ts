/** What the rules of a mask make of one value. */
import type { ObfuscationRule } from "../config/config.ts";
import type { Pattern } from "../config/patterns/pattern.ts";
import { QUOTE } from "../json/ascii.ts";
import { decodeString } from "../json/decode.ts";
import type { Path } from "../json/paths.ts";
import type { Pseudonym, Pseudonyms } from "./pseudonym.ts";

// The first letters of null, true and false, and what a number that is no integer has.
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const DOT = 0x2e;
const SMALL_E = 0x65;
const CAPITAL_E = 0x45;

const encoder = new TextEncoder();
const SANITIZED = "****SANITIZED****";
/** What a masked value becomes when its rule does not say; the type stays (collector: obfuscation). */
const DEFAULTS = {
  string: encodeJson(SANITIZED),
  integer: encoder.encode("-1"),
  float: encoder.encode("-1.0"),
  boolean: encoder.encode("false"),
};

/** A rule, ready to be applied. */
export interface MaskRule {
  readonly path: Path;
  /** The replacement as JSON, or `null` for the default of the value's type. */
  readonly replacement: Uint8Array | null;
  /** What stands for a text, or for a match of a pattern in it. */
  readonly textFor: (text: string) => string;
  /** `null` unless the rule replaces by pseudonyms. */
  readonly pseudonym: Pseudonym | null;
  readonly patterns: readonly Pattern[];
}

/** @throws secret-unreadable the key for its pseudonyms cannot be read */
export function compileRule(rule: ObfuscationRule, pseudonyms: Pseudonyms): MaskRule {
  const { path, value, pseudonymKey, stringPatterns } = rule;
  const pseudonym = pseudonymKey === null ? null : pseudonyms(pseudonymKey.reveal());
  const fixed = typeof value === "string" ? value : SANITIZED;
  return {
    path: path.map((key) => key === "*" ? null : key),
    replacement: value === undefined || value === null ? null : encodeJson(value),
    textFor: pseudonym === null ? () => fixed : pseudonym.of,
    pseudonym,
    patterns: stringPatterns,
  };
}

/**
 * The JSON that replaces the value `bytes[start, end)`, which is no object and no array, under all rules that end at it;
 * `null` when it stays. It holds until the next call.
 */
export function maskedValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: readonly MaskRule[],
): Uint8Array | null {
  for (const rule of rules) if (rule.patterns.length === 0) return maskWhole(bytes, start, end, rule);
  const text = decodeString(bytes, start, end);
  if (text === null) return null;
  const masked = rules.reduce(maskMatches, text);
  return masked === text ? null : encodeJson(masked);
}

function maskWhole(bytes: Uint8Array, start: number, end: number, rule: MaskRule): Uint8Array | null {
  const first = bytes[start];
  if (first === LETTER_N) return null;
  if (rule.pseudonym !== null) {
    const plain = first === QUOTE ? rule.pseudonym.ofPlain(bytes, start, end) : null;
    if (plain !== null) return plain;
    const text = decodeString(bytes, start, end) ?? new TextDecoder().decode(bytes.subarray(start, end));
    return encodeJson(rule.pseudonym.of(text));
  }
  if (rule.replacement !== null) return rule.replacement;
  if (first === QUOTE) return DEFAULTS.string;
  if (first === LETTER_T || first === LETTER_F) return DEFAULTS.boolean;
  return isFloat(bytes, start, end) ? DEFAULTS.float : DEFAULTS.integer;
}

/** Whether the JSON number is written with a fraction or an exponent. */
function isFloat(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === DOT || byte === SMALL_E || byte === CAPITAL_E) return true;
  }
  return false;
}

function maskMatches(text: string, rule: MaskRule): string {
  return rule.patterns.reduce((left, pattern) => pattern.replace(left, rule.textFor), text);
}

function encodeJson(value: string | number | boolean): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}
