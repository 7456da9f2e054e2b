import { earliest, type Instant, type Window } from "../instant.ts";
import { type Batch, type BatchQuestion, SLICE_WORDS } from "../json/batch.ts";
import { createFieldReader } from "../json/fields.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";
import type { OnBatch, OnRecord, OnTooLong } from "../json/page.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { Sink } from "../sink/sink.ts";
import { createKeyList, type KeyList } from "../state/seen/keys.ts";
import type { KeyMaker } from "./keyMaker.ts";
import type { Newest } from "../state/position.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { createBatchIntake, type RecordReader } from "./batchIntake.ts";
import { identityFunction, keyFunction, keyKind, nameOf } from "./recordKey.ts";
import type { LineStyle } from "./line.ts";
import type { Lines } from "./lines.ts";
import type { Mask } from "./mask.ts";
import type { Tagger } from "./tag.ts";
import { createOutgoing } from "./outgoing.ts";
import { isOutside } from "./outside.ts";
import { createTally, emptyCounts, type LeftOut, type Tally, type WindowCounts } from "./tally.ts";
import { createTimeReader, type TimeReader } from "./timeReader.ts";

/** Takes records from the scanner and turns what is new into event lines for the sink. */
export interface Intake {
  readonly onRecord: OnRecord;
  /** The same for many at once; left out where each record is looked at. */
  readonly onBatch: OnBatch | undefined;
  readonly onTooLong: OnTooLong;
  /** Starts to count for a window. */
  begin(window: Window<Instant | null>): WindowCounts;
  /** Hands the lines made so far to the sink. @throws sink-closed */
  drain(): Promise<void>;
  /** The same when they are worth a write to it, for more are coming. @throws sink-closed */
  offer(): Promise<void>;
  /** All records met, seen before or not; kept for snapshots only. */
  readonly met: MetRecords;
  /**
   * Makes the event line for a record that went: an event of our own, with its id and `@graphtap_removed`.
   *
   * @param name its id as JSON
   * @param key the key of the event: told once while the seen set has it
   */
  tellRemoved(name: string, key: Uint8Array): void;
  readonly newest: Newest | null;
  /** Records met and events told of those that went, and those among them that had been delivered before. */
  readonly received: number;
  readonly duplicates: number;
}

/** Records in the order they came; one that came twice is there twice. */
export interface MetRecords {
  /** What stays the same when they change. */
  readonly ids: KeyList;
  readonly keys: KeyList;
  /** Their ids as JSON, `null` for one that tells nothing; kept only where an event is to tell that they went. */
  readonly names: (string | null)[];
}

export interface IntakeOptions {
  readonly plugin: Plugin;
  /** Whether a changed record leaves again. */
  readonly trackUpdates: boolean;
  /** Whether to keep the names of the records met. @default false */
  readonly keepNames?: boolean;
  readonly seen: SeenSet;
  readonly makeKey: KeyMaker;
  readonly sink: Sink;
  /** The stream's name for the sink. */
  readonly stream: string;
  readonly tagger: Tagger;
  /** `null` when the service has no rules. */
  readonly mask: Mask | null;
  readonly style: LineStyle;
  readonly newest: Newest | null;
  /**
   * Whether a record of this time may have left without its key being known any more. Where it is not what was asked
   * for, it is taken as one that did. @default none may
   */
  readonly isForgotten?: (time: Instant) => boolean;
}

export function createIntake(options: IntakeOptions): Intake {
  const { plugin, seen } = options;
  const outgoing = createOutgoing(options.sink, options.stream, options.style);
  const { lines, keys: outKeys } = outgoing;
  const reader: RecordReader = {
    fields: createFieldReader(fieldPaths(plugin)),
    timeOf: createTimeReader(),
    keyOf: keyFunction(plugin, options.trackUpdates, options.makeKey),
  };
  const addLine = lineAdder(options, lines);
  const met: MetRecords = { ids: createKeyList(), keys: createKeyList(), names: [] };
  const tally = createTally(options.newest);
  const question = questionOf(options);
  const addLines = freshAdder(options, lines, addLine);
  return {
    onRecord: recordTaker(options, { reader, tally, met, outKeys, addLine }),
    onBatch: question && createBatchIntake({ ...options, question, reader, tally, outKeys, addLines }),
    tellRemoved(name, key) {
      tally.received++;
      if (!seen.add(key)) {
        tally.duplicates++;
        return;
      }
      outKeys.append(key);
      const bytes = new TextEncoder().encode(`{"id":${name},"@graphtap_removed":true}`);
      addLine(bytes, 0, bytes.length, reader.fields.read(bytes, 0, bytes.length), false);
    },
    onTooLong(what, bytes, start, end) {
      tally.counts.leftOut.push(
        leftOut(what, bytes, reader.fields.read(bytes, start, end), end, reader.timeOf),
      );
    },
    begin(window) {
      tally.window = window;
      return tally.counts = emptyCounts();
    },
    drain: outgoing.drain,
    offer: outgoing.offer,
    met,
    get newest() {
      return tally.newest.newest();
    },
    get received() {
      return tally.received;
    },
    get duplicates() {
      return tally.duplicates;
    },
  };
}

/** What takes one record works with. */
interface RecordTaker {
  readonly reader: RecordReader;
  readonly tally: Tally;
  readonly met: MetRecords;
  readonly outKeys: KeyList;
  readonly addLine: AddLine;
}

function recordTaker(
  options: IntakeOptions,
  { reader, tally, met, outKeys, addLine }: RecordTaker,
): OnRecord {
  const { plugin, seen, makeKey, keepNames = false, isForgotten } = options;
  const { fields: fieldReader, timeOf, keyOf } = reader;
  const keep = plugin.cursor.kind === "snapshot";
  const idOf = identityFunction(makeKey);
  return (bytes, start, end, oneLine = false, lineBuffer = undefined) => {
    const { counts } = tally;
    tally.received++;
    const fields = fieldReader.read(bytes, start, end);
    const time = timeOf(bytes, fields[2]!, fields[3]!);
    const isStray = time !== null && isOutside(time.seconds, time.nanos, tally.window);
    if (isStray) counts.outside++;
    // A key holds until the next is made.
    if (keep) met.ids.append(idOf(bytes, start, end, fields));
    const key = keyOf(bytes, start, end, fields);
    if (counts.pageKey === null) counts.pageKey = key.slice();
    if (keep) met.keys.append(key);
    if (keepNames) met.names.push(nameOf(bytes, fields));
    if ((isStray && isForgotten?.(time)) || !seen.add(key)) {
      tally.duplicates++;
      return;
    }
    counts.fresh++;
    if (time !== null) {
      counts.oldestFresh = counts.oldestFresh === null ? time : earliest(counts.oldestFresh, time);
      tally.newest.meet(time, bytes, fields[0]!, fields[1]!);
    }
    outKeys.append(key);
    addLine(bytes, start, end, fields, oneLine, lineBuffer);
  };
}

/** What is asked of batches; `undefined` where each record is looked at: what it holds is its key, or is kept. */
function questionOf({ plugin, trackUpdates, keepNames }: IntakeOptions): BatchQuestion | undefined {
  const key = keyKind(plugin, trackUpdates);
  if (key === "content" || plugin.cursor.kind === "snapshot" || keepNames === true) return undefined;
  const tagField = typeof plugin.tag === "string" ? null : plugin.tag.field;
  return { paths: ["id", plugin.cursor.field ?? null, tagField], key };
}

type AddLine = ReturnType<typeof lineAdder>;

/** Adds the lines of the first `count` records in the batch's `fresh`, masked; one by one those that find no room then. */
function freshAdder({ tagger, mask }: IntakeOptions, lines: Lines, addLine: AddLine) {
  return (batch: Batch, count: number): void => {
    const { bytes, fresh, slices, lineBuffer } = batch;
    const tagOf = (record: number) => {
      const at = record * SLICE_WORDS;
      return tagger(bytes, slices[at + 4]!, slices[at + 5]!);
    };
    for (let n = 0; n < count; n++) {
      const ready = mask === null ? count : mask.some(batch, n, count);
      lines.addFresh(batch, n, ready, tagOf);
      n = ready;
      if (n === count) return;
      const record = fresh[n]!;
      const fields = batch.fieldsOf(record);
      const end = batch.endOf(record);
      addLine(bytes, batch.startOf(record), end, fields, batch.isOneLine(record), lineBuffer);
    }
  };
}

/** Adds the line of a record, with its tag and masked, to `lines`. */
function lineAdder({ tagger, mask }: IntakeOptions, lines: Lines) {
  return (
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: Int32Array,
    oneLine: boolean,
    lineBuffer?: LineBuffer,
  ): void => {
    const tag = tagger(bytes, fields[4] ?? -1, fields[5] ?? -1);
    const masked = mask?.one(bytes, start, end, fields, lineBuffer) ?? null;
    if (masked === null) return lines.add(tag, bytes, start, end, fields, oneLine, lineBuffer);
    // The line shows id and time as the masked record has them.
    lines.add(tag, masked.bytes, 0, masked.bytes.length, masked.fields, oneLine);
  };
}

/** id, time, and what decides the tag: in this order, so that the first four slices are the line's own. */
function fieldPaths(plugin: Plugin): string[] {
  // A name that no record has keeps the places of the slices.
  const time = plugin.cursor.field ?? "\u0000";
  return typeof plugin.tag === "string" ? ["id", time] : ["id", time, plugin.tag.field];
}

/** What the beginning of a record, up to `end`, says of it. A value that reaches the end may go on behind it. */
function leftOut(
  what: string,
  bytes: Uint8Array,
  fields: Int32Array,
  end: number,
  timeOf: TimeReader,
): LeftOut {
  const [idStart = -1, idEnd = -1, timeStart = -1, timeEnd = -1] = fields;
  const id = idStart < 0 || idEnd >= end
    ? ""
    : new TextDecoder().decode(bytes.subarray(idStart, idEnd).slice(0, 200));
  return {
    what,
    id: /^(\d+|"[\w.:=-]+")$/.test(id) ? id : null,
    time: timeStart < 0 || timeEnd >= end ? null : timeOf(bytes, timeStart, timeEnd),
  };
}
