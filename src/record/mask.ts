import type { ObfuscationRule } from "../config/config.ts";
import type { Pattern } from "../config/patterns/pattern.ts";
import { OPEN_BRACE, OPEN_BRACKET, QUOTE } from "../json/ascii.ts";
import { type ByteBuilder, createByteBuilder } from "../json/builder.ts";
import { eachChild } from "../json/children.ts";
import { decodeString } from "../json/decode.ts";
import { plainEnd } from "../json/text.ts";
import { createReach } from "./maskReach.ts";
import { createPseudonyms, type Pseudonym, type Pseudonyms } from "./pseudonym.ts";

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

/**
 * The record with its masked values replaced; every other byte stays. The answer holds until the next call; it is `null`
 * for a record that has none of them.
 */
export type Mask = (bytes: Uint8Array, start: number, end: number) => Uint8Array | null;

/** One key of a path, also as bytes; `null` stands for every key and element. */
type Step = { readonly key: string; readonly bytes: Uint8Array } | null;

/** A rule on its way down: so many steps of its path are behind. */
interface Pending {
  readonly rule: CompiledRule;
  readonly depth: number;
}

interface CompiledRule {
  readonly path: readonly Step[];
  /** Steps up to the last that names a key: behind them the rule holds for all that is there. */
  readonly named: number;
  /** The replacement as JSON, or `null` for the default of the value's type. */
  readonly replacement: Uint8Array | null;
  /** What stands for a text, or for a match of a pattern in it. */
  readonly textFor: (text: string) => string;
  /** `null` unless the rule replaces by pseudonyms. */
  readonly pseudonym: Pseudonym | null;
  readonly patterns: readonly Pattern[];
}

/** Makes masks of rules; `null` when there are none: then a record is never looked into. */
export type Masks = (rules: readonly ObfuscationRule[]) => Mask | null;

/** Masks for all streams of a process, which share what they are made with. */
export function createMasks(): Masks {
  const pseudonyms = createPseudonyms();
  return (rules) => rules.length === 0 ? null : createMask(rules, pseudonyms);
}

/**
 * Applies every rule on its own: a path that is not there is no error, `null` stays `null`, and an object or array
 * that a rule ends at is masked with everything in it, so that nothing leaves because of its shape.
 *
 * @throws secret-unreadable a key for pseudonyms cannot be read: nothing is sent without it
 */
function createMask(rules: readonly ObfuscationRule[], pseudonyms: Pseudonyms): Mask {
  const all = rules.map((rule) => ({ rule: compile(rule, pseudonyms), depth: 0 }));
  const reach = createReach(rules.map(({ path }) => path));
  const out = createByteBuilder();
  return (bytes, start, end) => {
    const last = reach(bytes, start, end);
    if (last < 0) return null;
    out.clear();
    const copied = maskValue({ out, bytes, last }, start, end, all, start);
    if (copied === start) return null;
    out.appendSlice(bytes, copied, end);
    return out.bytes();
  };
}

function compile(rule: ObfuscationRule, pseudonyms: Pseudonyms): CompiledRule {
  const { value, pseudonymKey } = rule;
  const pseudonym = pseudonymKey === null ? null : pseudonyms(pseudonymKey.reveal());
  const fixed = typeof value === "string" ? value : SANITIZED;
  return {
    path: rule.path.map((key) => key === "*" ? null : { key, bytes: encoder.encode(key) }),
    named: rule.path.findLastIndex((key) => key !== "*") + 1,
    replacement: value === undefined || value === null ? null : encodeJson(value),
    textFor: pseudonym === null ? () => fixed : pseudonym.of,
    pseudonym,
    patterns: rule.stringPatterns,
  };
}

/** What is masked, and where to. */
interface Work {
  readonly out: ByteBuilder;
  readonly bytes: Uint8Array;
  /** No key that a rule names stands behind this. */
  readonly last: number;
}

/**
 * Walks one value; `copied` is how far the record was copied to `out` before.
 *
 * @returns how far it is copied now
 */
function maskValue(
  work: Work,
  start: number,
  end: number,
  pending: readonly Pending[],
  copied: number,
): number {
  const { out, bytes, last } = work;
  const first = bytes[start];
  let done = copied;
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    const goesOn = pending.some(({ rule, depth }) => depth >= rule.named);
    eachChild(bytes, start, end, (keyStart, keyEnd, valueStart, valueEnd) => {
      const below = stepsDown(pending, bytes, keyStart, keyEnd);
      if (below !== null) done = maskValue(work, valueStart, valueEnd, below, done);
      return goesOn || valueEnd <= last;
    });
    return done;
  }
  // Rules that lead further down do not apply to a scalar.
  const ended = pending.filter(({ rule, depth }) => depth >= rule.path.length).map(({ rule }) => rule);
  const masked = maskScalar(bytes, start, end, ended);
  if (masked === null) return done;
  out.appendSlice(bytes, done, start);
  out.append(masked);
  return end;
}

/** The rules that go on below this key, or element; `null` when none does. */
function stepsDown(
  pending: readonly Pending[],
  bytes: Uint8Array,
  keyStart: number,
  keyEnd: number,
): Pending[] | null {
  let below: Pending[] | null = null;
  for (const { rule, depth } of pending) {
    const step = rule.path[depth];
    // A rule that has ended holds for everything below.
    const goesDown = step === undefined || step === null ||
      (keyStart >= 0 && isKey(bytes, keyStart, keyEnd, step));
    if (goesDown) (below ??= []).push({ rule, depth: depth + 1 });
  }
  return below;
}

/** Whether the JSON string `bytes[start, end)` says the step's key. */
function isKey(bytes: Uint8Array, start: number, end: number, step: NonNullable<Step>): boolean {
  const wanted = step.bytes;
  if (end - start === wanted.length + 2) {
    let i = 0;
    while (i < wanted.length && bytes[start + 1 + i] === wanted[i]) i++;
    if (i === wanted.length) return true;
  }
  const hasEscape = plainEnd(bytes, start + 1, end) < end - 1;
  return hasEscape && decodeString(bytes, start, end) === step.key;
}

/** The JSON that replaces a scalar under all rules that end at it, or `null` when it stays. */
function maskScalar(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: readonly CompiledRule[],
): Uint8Array | null {
  if (rules.length === 0) return null;
  const whole = rules.find(({ patterns }) => patterns.length === 0);
  if (whole !== undefined) return maskWhole(bytes, start, end, whole);
  const text = decodeString(bytes, start, end);
  if (text === null) return null;
  const masked = rules.reduce(maskMatches, text);
  return masked === text ? null : encodeJson(masked);
}

function maskWhole(bytes: Uint8Array, start: number, end: number, rule: CompiledRule): Uint8Array | null {
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

function maskMatches(text: string, rule: CompiledRule): string {
  return rule.patterns.reduce((left, pattern) => pattern.replace(left, rule.textFor), text);
}

function encodeJson(value: string | number | boolean): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}
