import type { ObfuscationRule } from "../config/config.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";
import {
  createPathFinders,
  FOUND_WORDS,
  type PathFinder,
  type PathFinders,
  pathTable,
} from "../json/paths.ts";
import { createMaskedRecord, type MaskedRecord } from "./maskedRecord.ts";
import { compileRule, maskedValue, type MaskRule } from "./maskRule.ts";
import { createMaskWalk } from "./maskWalk.ts";
import { createPseudonyms, type Pseudonyms } from "./pseudonym.ts";

/**
 * The record with its masked values replaced; every other byte stays. The answer holds until the next call; it is `null`
 * for a record that has none of them.
 *
 * @param fields slices of the record, which move with what they show
 * @param lineBuffer where the record lies, if on one
 */
export type Mask = (
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: Int32Array,
  lineBuffer?: LineBuffer,
) => MaskedRecord | null;

/**
 * Makes the mask of a service; `null` when it has no rules: then a record is never looked into.
 *
 * @throws secret-unreadable a key for pseudonyms cannot be read: nothing is sent without it
 */
export type Masks = (rules: readonly ObfuscationRule[]) => Mask | null;

/** Masks for all streams of a process, which share what they are made with. */
export function createMasks(): Masks {
  const pseudonyms = createPseudonyms();
  const finders = createPathFinders();
  return (rules) => rules.length === 0 ? null : createMask(rules, pseudonyms, finders);
}

/**
 * Applies every rule on its own: a path that is not there is no error, `null` stays `null`, and an object or array
 * that a rule ends at is masked with everything in it, so that nothing leaves because of its shape.
 */
function createMask(rules: readonly ObfuscationRule[], pseudonyms: Pseudonyms, finders: PathFinders): Mask {
  const all = rules.map((rule) => compileRule(rule, pseudonyms));
  const masked = createMaskedRecord();
  const walk = createMaskWalk(all);
  const rulesOf = rulesByBits(all);
  const table = pathTable(all.map(({ path }) => path));
  let page: LineBuffer | undefined;
  let finder: PathFinder | null = null;

  /** How many values were found where the record lies; -1 when it has to be walked. */
  function find(start: number, end: number, lineBuffer: LineBuffer | undefined): number {
    if (lineBuffer === undefined || table === null) return -1;
    if (lineBuffer !== page) {
      page = lineBuffer;
      finder = finders(lineBuffer.memory, table);
    }
    return finder?.find(start, end) ?? -1;
  }

  return (bytes, start, end, fields, lineBuffer) => {
    const count = find(start, end, lineBuffer);
    if (count === 0) return null;
    masked.begin(bytes, start, fields);
    const replace = (from: number, to: number, ended: readonly MaskRule[]) => {
      const by = maskedValue(bytes, from, to, ended);
      if (by !== null) masked.replace(from, to, by);
    };
    if (count < 0) walk(bytes, start, end, replace);
    else {
      const found = finder!.found();
      for (let at = 0; at < count * FOUND_WORDS; at += FOUND_WORDS) {
        replace(found[at]!, found[at + 1]!, rulesOf(found[at + 2]!));
      }
    }
    return masked.finish(end, lineBuffer);
  };
}

/** The rules whose bits are set, the same list for the same bits. */
function rulesByBits(rules: readonly MaskRule[]): (bits: number) => readonly MaskRule[] {
  const known = new Map<number, readonly MaskRule[]>();
  return (bits) => {
    let set = known.get(bits);
    if (set === undefined) known.set(bits, set = rules.filter((_, index) => (bits & (1 << index)) !== 0));
    return set;
  };
}
