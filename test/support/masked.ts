/** Records under rules, in each way that there is to mask one. */
import type { ObfuscationRule } from "../../src/config/config.ts";
import { SLICE_WORDS } from "../../src/json/batch.ts";
import { createFieldReader } from "../../src/json/fields.ts";
import { createFramers } from "../../src/json/framer.ts";
import type { OnBatch, OnRecord } from "../../src/json/page.ts";
import { createPageScanner } from "../../src/json/scanner.ts";
import { createMasks, type Mask } from "../../src/record/mask.ts";

/** A record as it leaves, with the id and time that are shown of it. */
export interface Shown {
  readonly record: string;
  readonly id: string | null;
  readonly time: string | null;
}

/** By the lexer, one by one in the memory of a framer, and many at once. */
export function shownEachWay(records: readonly string[], rules: readonly ObfuscationRule[]): Shown[][] {
  return [false, true].flatMap((isFramed) =>
    (isFramed ? [false, true] : [false]).map((atOnce) => shown(records, masks(rules), isFramed, atOnce))
  );
}

const encoder = new TextEncoder();
const framers = createFramers(0);
const masks = createMasks();
const QUESTION = { paths: ["id", "time", null], key: "id" } as const;

function shown(records: readonly string[], mask: Mask | null, isFramed: boolean, atOnce: boolean): Shown[] {
  const read = createFieldReader(["id", "time"]);
  const answers: Shown[] = [];
  const show = (bytes: Uint8Array, start: number, end: number, fields: Int32Array) => {
    const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
    const field = (at: number) => fields[at]! < 0 ? null : text(fields[at]!, fields[at + 1]!);
    answers.push({ record: text(start, end), id: field(0), time: field(2) });
  };
  const onRecord: OnRecord = (bytes, start, end, _, lineBuffer) => {
    const fields = read.read(bytes, start, end);
    const masked = mask?.one(bytes, start, end, fields, lineBuffer) ?? null;
    if (masked === null) return show(bytes, start, end, fields);
    // Nobody else says where id and time are now, so the lexer's are read once more.
    const { length } = masked.bytes;
    show(masked.bytes, 0, length, isFramed ? masked.fields : read.read(masked.bytes, 0, length));
  };
  const onBatch: OnBatch = (batch) => {
    batch.ask(QUESTION);
    const slicesOf = (record: number) =>
      batch.slices.subarray(record * SLICE_WORDS, (record + 1) * SLICE_WORDS);
    for (let record = 0; record < batch.count; record++) {
      batch.fresh[record] = record;
      if (batch.marks[record] === 0) continue;
      slicesOf(record).set(read.read(batch.bytes, batch.startOf(record), batch.endOf(record)));
    }
    for (let n = 0; n < batch.count;) {
      const ready = mask?.some(batch, n, batch.count) ?? batch.count;
      for (; n < ready; n++) show(batch.bytes, batch.startOf(n), batch.endOf(n), slicesOf(n));
      if (n === batch.count) break;
      onRecord(batch.bytes, batch.startOf(n), batch.endOf(n), true, batch.lineBuffer);
      n++;
    }
    return true;
  };
  const scanner = createPageScanner({}, isFramed ? framers : null);
  scanner.push(encoder.encode(`{"value":[${records.join(",")}]}`), onRecord, atOnce ? onBatch : undefined);
  scanner.close();
  return answers;
}
