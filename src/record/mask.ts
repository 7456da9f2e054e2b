import type { ObfuscationRule } from "../config/config.ts";
import type { Pattern } from "../config/patterns/pattern.ts";
import { OPEN_BRACE, OPEN_BRACKET } from "../json/ascii.ts";
import { type ByteBuilder, createByteBuilder } from "../json/builder.ts";
import { eachChild } from "../json/children.ts";
import { decodeString } from "../json/decode.ts";
import { createPseudonym } from "./pseudonym.ts";

/** What a masked value becomes when its rule does not say; the type stays (collector: obfuscation). */
const DEFAULTS = { string: '"****SANITIZED****"', integer: "-1", float: "-1.0", boolean: "false" };

/**
 * The record with its masked values replaced; every other byte stays. The answer holds until the next call.
 */
export type Mask = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** A rule on its way down: so many steps of its path are behind. */
interface Pending {
  readonly rule: CompiledRule;
  readonly depth: number;
}

interface CompiledRule {
  readonly path: readonly string[];
  /** The replacement as JSON, or `null` for the default of the value's type. */
  readonly replacement: string | null;
  /** What stands for a text, or for a match of a pattern in it. */
  readonly textFor: (text: string) => string;
  /** The rule replaces by pseudonyms. */
  readonly isPseudonym: boolean;
  readonly patterns: readonly Pattern[];
}

/**
 * Applies every rule on its own: a path that is not there is no error, `null` stays `null`, and an object or array
 * that a rule ends at is masked with everything in it, so that nothing leaves because of its shape.
 *
 * @returns `null` when there are no rules: then a record is never looked into
 * @throws secret-unreadable a key for pseudonyms cannot be read: nothing is sent without it
 */
export function createMask(rules: readonly ObfuscationRule[]): Mask | null {
  if (rules.length === 0) return null;
  const all = rules.map((rule) => ({ rule: compile(rule), depth: 0 }));
  const out = createByteBuilder();
  return (bytes, start, end) => {
    out.clear();
    const copied = maskValue(out, bytes, start, end, all, start);
    out.appendSlice(bytes, copied, end);
    return out.bytes();
  };
}

function compile(rule: ObfuscationRule): CompiledRule {
  return {
    path: rule.path,
    replacement: rule.value === undefined || rule.value === null ? null : JSON.stringify(rule.value),
    textFor: textOf(rule),
    isPseudonym: rule.pseudonymKey !== null,
    patterns: rule.stringPatterns,
  };
}

function textOf({ value, pseudonymKey }: ObfuscationRule): (text: string) => string {
  if (pseudonymKey !== null) return createPseudonym(pseudonymKey.reveal());
  const fixed = typeof value === "string" ? value : JSON.parse(DEFAULTS.string) as string;
  return () => fixed;
}

/**
 * Walks one value; `copied` is how far the record was copied to `out` before.
 *
 * @returns how far it is copied now
 */
function maskValue(
  out: ByteBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  pending: readonly Pending[],
  copied: number,
): number {
  const first = bytes[start];
  let done = copied;
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    eachChild(bytes, start, end, (key, valueStart, valueEnd) => {
      const below = pending.flatMap((one) => step(one, key));
      if (below.length > 0) done = maskValue(out, bytes, valueStart, valueEnd, below, done);
    });
    return done;
  }
  // Rules that lead further down do not apply to a scalar.
  const ended = pending.filter(({ rule, depth }) => depth >= rule.path.length).map(({ rule }) => rule);
  const masked = maskScalar(bytes, start, end, ended);
  if (masked === null) return done;
  out.appendSlice(bytes, done, start);
  out.append(encoder.encode(masked));
  return end;
}

/** The rule one level further down, if it goes there. A rule that has ended holds for everything below. */
function step({ rule, depth }: Pending, key: string | null): Pending[] {
  const wanted = rule.path[depth];
  return wanted === undefined || wanted === "*" || (key !== null && wanted === key)
    ? [{ rule, depth: depth + 1 }]
    : [];
}

/** The JSON that replaces a scalar under all rules that end at it, or `null` when it stays. */
function maskScalar(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: readonly CompiledRule[],
): string | null {
  if (rules.length === 0) return null;
  const text = decodeString(bytes, start, end);
  const whole = rules.find(({ patterns }) => patterns.length === 0);
  if (whole !== undefined) {
    return maskWhole(new TextDecoder().decode(bytes.subarray(start, end)), text, whole);
  }
  if (text === null) return null;
  const masked = rules.reduce(maskMatches, text);
  return masked === text ? null : JSON.stringify(masked);
}

function maskWhole(raw: string, text: string | null, rule: CompiledRule): string | null {
  if (raw === "null") return null;
  if (rule.isPseudonym) return JSON.stringify(rule.textFor(text ?? raw));
  if (rule.replacement !== null) return rule.replacement;
  if (raw.startsWith('"')) return DEFAULTS.string;
  if (raw === "true" || raw === "false") return DEFAULTS.boolean;
  return /[.eE]/.test(raw) ? DEFAULTS.float : DEFAULTS.integer;
}

function maskMatches(text: string, rule: CompiledRule): string {
  return rule.patterns.reduce((left, pattern) => pattern.replace(left, rule.textFor), text);
}

const encoder = new TextEncoder();
