import { compareInstants, earliest, type Instant, type Window } from "../instant.ts";
import { createFieldReader, type FieldReader } from "../json/fields.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";
import type { OnRecord, OnTooLong } from "../json/page.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { Sink } from "../sink/sink.ts";
import { createKeyList, type KeyList } from "../state/seen/keys.ts";
import type { KeyMaker } from "./keyMaker.ts";
import type { Newest } from "../state/position.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { identityFunction, keyFunction, nameOf } from "./recordKey.ts";
import type { LineStyle } from "./line.ts";
import type { Lines } from "./lines.ts";
import type { Mask } from "./mask.ts";
import { createNewestKeeper } from "./newest.ts";
import type { Tagger } from "./tag.ts";
import { createOutgoing } from "./outgoing.ts";
import { createTimeReader, type TimeReader } from "./timeReader.ts";

/** What came of one window. */
export interface WindowCounts {
  /** Records that were not delivered before. */
  fresh: number;
  /** The oldest time of those. */
  oldestFresh: Instant | null;
  /** Records whose time lies outside the window that was asked for: Graph did not apply the filter. */
  outside: number;
  /** The key of the first record since the reader set it to `null`, as it does before each page. */
  pageKey: Uint8Array | null;
  /** Records that were too long since the reader took them. */
  leftOut: LeftOut[];
}

/** A record that is longer than is read. */
export interface LeftOut {
  /** Which one it is, and what the limit is. */
  readonly what: string;
  /** As JSON, where it is known and short. */
  readonly id: string | null;
  readonly time: Instant | null;
}

/** Takes records from the scanner and turns what is new into event lines for the sink. */
export interface Intake {
  readonly onRecord: OnRecord;
  readonly onTooLong: OnTooLong;
  /**
   * Starts to count for a window.
   *
   * @param renewsKeys whether the keys of records that left before are kept longer @default false
   */
  begin(window: Window<Instant | null>, renewsKeys?: boolean): WindowCounts;
  /** Hands the lines made so far to the sink. @throws sink-closed */
  drain(): Promise<void>;
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

interface AskedWindow extends Window<Instant | null> {
  readonly renewsKeys: boolean;
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
}

export function createIntake(options: IntakeOptions): Intake {
  const { plugin, seen } = options;
  const outgoing = createOutgoing(options.sink, options.stream, options.style);
  const { lines, keys: outKeys } = outgoing;
  const reader = createFieldReader(fieldPaths(plugin));
  const addLine = lineAdder(options, lines, reader);
  const timeOf = createTimeReader();
  const keep = plugin.cursor.kind === "snapshot";
  const keyOf = keyFunction(plugin, options.trackUpdates, options.makeKey);
  const idOf = identityFunction(options.makeKey);
  const met: MetRecords = { ids: createKeyList(), keys: createKeyList(), names: [] };
  let window: AskedWindow = { from: null, to: null, renewsKeys: false };
  let counts: WindowCounts = emptyCounts();
  const newest = createNewestKeeper(options.newest);
  let received = 0;
  let duplicates = 0;
  function isNew(key: Uint8Array): boolean {
    if (seen.add(key)) return true;
    duplicates++;
    if (window.renewsKeys) seen.renew(key);
    return false;
  }
  return {
    onRecord(bytes, start, end, oneLine = false, lineBuffer = undefined) {
      received++;
      const fields = reader.read(bytes, start, end);
      const time = timeOf(bytes, fields[2]!, fields[3]!);
      if (time !== null && isOutside(time, window)) counts.outside++;
      // A key holds until the next is made.
      if (keep) met.ids.append(idOf(bytes, start, end, fields));
      const key = keyOf(bytes, start, end, fields);
      if (counts.pageKey === null) counts.pageKey = key.slice();
      if (keep) met.keys.append(key);
      if (options.keepNames === true) met.names.push(nameOf(bytes, fields));
      if (!isNew(key)) return;
      counts.fresh++;
      if (time !== null) {
        counts.oldestFresh = counts.oldestFresh === null ? time : earliest(counts.oldestFresh, time);
        newest.meet(time, bytes, fields[0]!, fields[1]!);
      }
      outKeys.append(key);
      addLine(bytes, start, end, fields, oneLine, lineBuffer);
    },
    tellRemoved(name, key) {
      received++;
      if (!isNew(key)) return;
      outKeys.append(key);
      const bytes = new TextEncoder().encode(`{"id":${name},"@graphtap_removed":true}`);
      addLine(bytes, 0, bytes.length, reader.read(bytes, 0, bytes.length), false);
    },
    onTooLong(what, bytes, start, end) {
      counts.leftOut.push(leftOut(what, bytes, reader.read(bytes, start, end), end, timeOf));
    },
    begin({ from, to }, renewsKeys = false) {
      window = { from, to, renewsKeys };
      return counts = emptyCounts();
    },
    drain: () => outgoing.drain(),
    met,
    get newest() {
      return newest.newest();
    },
    get received() {
      return received;
    },
    get duplicates() {
      return duplicates;
    },
  };
}

/** Adds the line of a record, with its tag and masked, to `lines`. */
function lineAdder({ tagger, mask }: IntakeOptions, lines: Lines, reader: FieldReader) {
  return (
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: Int32Array,
    oneLine: boolean,
    lineBuffer?: LineBuffer,
  ): void => {
    const tag = tagger(bytes, fields[4] ?? -1, fields[5] ?? -1);
    const masked = mask === null ? null : mask(bytes, start, end);
    if (masked === null) return lines.add(tag, bytes, start, end, fields, oneLine, lineBuffer);
    // The line shows id and time as the masked record has them.
    lines.add(tag, masked, 0, masked.length, reader.read(masked, 0, masked.length), oneLine);
  };
}

function emptyCounts(): WindowCounts {
  return { fresh: 0, oldestFresh: null, outside: 0, pageKey: null, leftOut: [] };
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

/** Bounds were widened to whole seconds, and by one more where an operator excludes its bound. */
function isOutside(time: Instant, { from, to }: Window<Instant | null>): boolean {
  if (from !== null && time.seconds < from.seconds - 1) return true;
  return to !== null && compareInstants(time, { seconds: to.seconds + 2, nanos: 0 }) > 0;
}
