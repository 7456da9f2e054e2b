import type { ObfuscationRule } from "../config/config.ts";
import { type Batch, SLICE_WORDS } from "../json/batch.ts";
import { createByteBuilder } from "../json/builder.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";
import { createPathFinders, type PathFinders } from "../json/paths.ts";
import { createMaskedRecord, type Out } from "./maskedRecord.ts";
import { createMaskedRoom } from "./maskedRoom.ts";
import { createMaskedValues } from "./maskedValues.ts";
import { compileRule, maskedValue } from "./maskRule.ts";
import type { OnMasked } from "./maskWalk.ts";
import { createPseudonyms, type Pseudonyms } from "./pseudonym.ts";

/** What the rules of a service make of its records: the values that they mask are replaced, and no other byte changes. */
export interface Mask {
  /**
   * The record as it is masked, in memory of its own; `null` for one that has no masked value. It holds until the next
   * call.
   *
   * @param fields slices of the record, id and time first
   * @param lineBuffer where the record lies, if on one
   */
  one(
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: Int32Array,
    lineBuffer?: LineBuffer,
  ): MaskedOne | null;
  /**
   * Puts masked records into the places of those of the batch's `fresh` from `from` to before `to`.
   *
   * @returns up to which: there is no room for it behind those before
   */
  some(batch: Batch, from: number, to: number): number;
}

/** A masked record, and where its id and its time are. */
export interface MaskedOne {
  readonly bytes: Uint8Array;
  readonly fields: Int32Array;
}

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
  const values = createMaskedValues(rules.map((rule) => compileRule(rule, pseudonyms)), finders);
  const masked = createMaskedRecord();
  const own = createByteBuilder();
  const room = createMaskedRoom();
  let read: Uint8Array;
  const replace: OnMasked = (start, end, rules) => {
    const by = maskedValue(read, start, end, rules);
    if (by !== null) masked.replace(start, end, by);
  };

  /** False when nothing of the record is masked. */
  function make(out: Out, bytes: Uint8Array, start: number, end: number, lineBuffer?: LineBuffer): boolean {
    read = bytes;
    masked.begin(out, bytes, start);
    values.each(bytes, start, end, lineBuffer, replace);
    return masked.finish(end);
  }

  return {
    one(bytes, start, end, fields, lineBuffer) {
      own.clear();
      masked.follow(fields, 0);
      return make(own, bytes, start, end, lineBuffer) ? { bytes: own.bytes(), fields: masked.fields } : null;
    },
    some(batch, from, to) {
      const { bytes, fresh, slices, lineBuffer } = batch;
      if (!values.mayBeIn(lineBuffer, batch.startOf(fresh[from]!), batch.endOf(fresh[to - 1]!))) return to;
      room.enter(batch.room);
      for (let n = from; n < to; n++) {
        const record = fresh[n]!;
        room.begin();
        masked.follow(slices, record * SLICE_WORDS);
        if (!make(room, bytes, batch.startOf(record), batch.endOf(record), lineBuffer)) continue;
        if (room.end < 0) return n;
        batch.put(record, room.start, room.end, masked.fields);
        room.keep();
      }
      return to;
    },
  };
}
