import { earliest, type Instant } from "../instant.ts";
import type { Batch, BatchQuestion } from "../json/batch.ts";
import type { FieldReader } from "../json/fields.ts";
import type { OnBatch } from "../json/page.ts";
import { KEY_BYTES, type KeyList } from "../state/seen/keys.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { countOutside, meetNewest, oldestFresh, someOutside } from "./batchTimes.ts";
import type { KeyFunction } from "./recordKey.ts";
import type { Tally } from "./tally.ts";
import type { TimeReader } from "./timeReader.ts";

/** How one record is read: what is not usual in a batch goes the same way as what comes alone. */
export interface RecordReader {
  readonly fields: FieldReader;
  readonly timeOf: TimeReader;
  readonly keyOf: KeyFunction;
}

export interface BatchIntakeOptions {
  readonly question: BatchQuestion;
  readonly reader: RecordReader;
  readonly tally: Tally;
  readonly seen: SeenSet;
  /** Is given the keys of the records that are new. */
  readonly outKeys: KeyList;
  /** Adds the lines of the first `count` records in the batch's `fresh`. */
  readonly addLines: (batch: Batch, count: number) => void;
  /** As of the intake. */
  readonly isForgotten?: (time: Instant) => boolean;
}

/** Takes batches, to the same end as if each of their records had come alone. */
export function createBatchIntake(options: BatchIntakeOptions): OnBatch {
  const { question, reader, tally, seen, outKeys, addLines, isForgotten } = options;
  return (batch) => {
    if (!batch.ask(question)) return false;
    for (let i = batch.marks.indexOf(1); i >= 0 && i < batch.count; i = batch.marks.indexOf(1, i + 1)) {
      readMarked(batch, i, reader);
    }
    const outside = countOutside(batch, tally.window);
    // Then each is looked at.
    if (outside > 0 && isForgotten && someOutside(batch, tally.window, isForgotten)) return false;
    const { counts } = tally;
    tally.received += batch.count;
    counts.outside += outside;
    if (counts.pageKey === null) counts.pageKey = keyIn(batch, 0).slice();
    const fresh = seen.addAll(batch.keys, batch.count, batch.fresh);
    tally.duplicates += batch.count - fresh;
    if (fresh === 0) return true;
    counts.fresh += fresh;
    const oldest = oldestFresh(batch, fresh);
    if (oldest !== null) counts.oldestFresh = earliest(counts.oldestFresh ?? oldest, oldest);
    meetNewest(batch, fresh, tally.newest);
    outKeys.appendSome(batch.keys, batch.fresh, fresh);
    addLines(batch, fresh);
    return true;
  };
}

/** Sets what the batch does not tell. */
function readMarked(batch: Batch, record: number, reader: RecordReader): void {
  const { bytes, seconds, nanos } = batch;
  const start = batch.startOf(record);
  const end = batch.endOf(record);
  const found = reader.fields.read(bytes, start, end);
  const fields = batch.fieldsOf(record);
  fields.fill(-1);
  fields.set(found);
  const time = reader.timeOf(bytes, found[2]!, found[3]!);
  seconds[record] = time?.seconds ?? NaN;
  nanos[record] = time?.nanos ?? 0;
  keyIn(batch, record).set(reader.keyOf(bytes, start, end, found));
}

/** The bytes of a record's key, as they lie in the batch. */
function keyIn({ keys }: Batch, record: number): Uint8Array {
  return new Uint8Array(keys.buffer, keys.byteOffset + record * KEY_BYTES, KEY_BYTES);
}
