/**
 * The plain way to find what is masked: a walk through the whole record. It is for records that do not lie in a framer's
 * memory, and for those that `json/paths.ts` leaves to others; both find the same.
 */
import { OPEN_BRACE, OPEN_BRACKET } from "../json/ascii.ts";
import { eachChild } from "../json/children.ts";
import { decodeString } from "../json/decode.ts";
import { plainEnd } from "../json/text.ts";
import type { MaskRule } from "./maskRule.ts";

/** Is called for each value at which rules end, from the first to the last. */
export type OnMasked = (start: number, end: number, rules: readonly MaskRule[]) => void;

/** Finds the values of `bytes[start, end)` at which rules end. */
export type MaskWalk = (bytes: Uint8Array, start: number, end: number, found: OnMasked) => void;

/** A rule on its way down: so many steps of its path are behind. */
interface Pending {
  readonly rule: MaskRule;
  /** The path's keys as bytes. */
  readonly keys: readonly (Uint8Array | null)[];
  readonly depth: number;
}

export function createMaskWalk(rules: readonly MaskRule[]): MaskWalk {
  const encoder = new TextEncoder();
  const all = rules.map((rule) => ({
    rule,
    keys: rule.path.map((key) => key === null ? null : encoder.encode(key)),
    depth: 0,
  }));
  return (bytes, start, end, found) => walk(bytes, start, end, all, found);
}

function walk(
  bytes: Uint8Array,
  start: number,
  end: number,
  pending: readonly Pending[],
  found: OnMasked,
): void {
  const first = bytes[start];
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    eachChild(bytes, start, end, (keyStart, keyEnd, valueStart, valueEnd) => {
      const below = stepsDown(pending, bytes, keyStart, keyEnd);
      if (below.length > 0) walk(bytes, valueStart, valueEnd, below, found);
    });
    return;
  }
  // Rules that lead further down do not apply to what has nothing below it.
  const ended = pending.filter(({ rule, depth }) => depth >= rule.path.length).map(({ rule }) => rule);
  if (ended.length > 0) found(start, end, ended);
}

/** The rules that go on below this key, or element. */
function stepsDown(
  pending: readonly Pending[],
  bytes: Uint8Array,
  keyStart: number,
  keyEnd: number,
): Pending[] {
  return pending
    .filter(({ rule, keys, depth }) => {
      const key = rule.path[depth];
      // A rule that has ended holds for everything below.
      if (key === undefined || key === null) return true;
      return keyStart >= 0 && isKey(bytes, keyStart, keyEnd, key, keys[depth]!);
    })
    .map((one) => ({ ...one, depth: one.depth + 1 }));
}

/** Whether the JSON string `bytes[start, end)` says that key. */
function isKey(bytes: Uint8Array, start: number, end: number, key: string, keyBytes: Uint8Array): boolean {
  if (end - start === keyBytes.length + 2) {
    let i = 0;
    while (i < keyBytes.length && bytes[start + 1 + i] === keyBytes[i]) i++;
    if (i === keyBytes.length) return true;
  }
  const hasEscape = plainEnd(bytes, start + 1, end) < end - 1;
  return hasEscape && decodeString(bytes, start, end) === key;
}
