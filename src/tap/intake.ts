import { compareInstants, type Instant, parseInstant } from "../instant.ts";
import { type ByteBuilder, createByteBuilder } from "../json/builder.ts";
import { decodeString } from "../json/decode.ts";
import { createFieldReader } from "../json/fields.ts";
import type { OnRecord } from "../json/page.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { Sink } from "../sink/sink.ts";
import { recordKey } from "../state/key.ts";
import type { SeenSet } from "../state/seen.ts";
import type { LineWriter } from "./line.ts";
import type { Mask } from "./mask.ts";
import type { Tagger } from "./tag.ts";

/** How many ids of the newest instant are remembered in a checkpoint. */
const MAX_LAST_IDS = 100;

/** The newest record that was accepted. */
export interface Newest {
  readonly time: Instant;
  readonly ids: readonly string[];
}

/** Takes records from the scanner and turns what is new into event lines for the sink. */
export interface Intake {
  readonly onRecord: OnRecord;
  /** Hands the lines made so far to the sink. @throws sink-closed */
  drain(): Promise<void>;
  /** Keys of all records met, seen before or not; kept for snapshots only. */
  readonly keys: readonly Uint8Array[];
  readonly newest: Newest | null;
  /** Records met, and those of them that had been delivered before. */
  readonly received: number;
  readonly duplicates: number;
}

export interface IntakeOptions {
  readonly plugin: Plugin;
  readonly seen: SeenSet;
  readonly sink: Sink;
  readonly tagger: Tagger;
  /** `null` when the service has no rules. */
  readonly mask: Mask | null;
  readonly line: LineWriter;
  readonly newest: Newest | null;
}

export function createIntake(options: IntakeOptions): Intake {
  const { plugin, seen, sink, tagger, mask, line } = options;
  const out: ByteBuilder = createByteBuilder();
  const reader = createFieldReader(fieldPaths(plugin));
  const keep = plugin.cursor.kind === "snapshot";
  const keyOf = keyFunction(plugin);
  const keys: Uint8Array[] = [];
  let newest = options.newest;
  let received = 0;
  let duplicates = 0;

  return {
    onRecord(bytes, start, end) {
      received++;
      const fields = reader.read(bytes, start, end);
      const key = keyOf(bytes, start, end, fields);
      if (keep) keys.push(key);
      if (!seen.add(key)) {
        duplicates++;
        return;
      }
      newest = newer(newest, bytes, fields);
      const tag = tagger(bytes, fields[4] ?? -1, fields[5] ?? -1);
      if (mask === null) {
        line(out, tag, bytes, start, end, fields);
        return;
      }
      // The line shows id and time as the masked record has them.
      const masked = mask(bytes, start, end);
      line(out, tag, masked, 0, masked.length, reader.read(masked, 0, masked.length));
    },
    async drain() {
      if (out.length === 0) return;
      await sink.write(out.bytes());
      out.clear();
    },
    keys,
    get newest() {
      return newest;
    },
    get received() {
      return received;
    },
    get duplicates() {
      return duplicates;
    },
  };
}

/** id, time, and what decides the tag: in this order, so that the first four slices are the line's own. */
function fieldPaths(plugin: Plugin): string[] {
  // A name that no record has keeps the places of the slices.
  const time = plugin.cursor.field ?? "\u0000";
  return typeof plugin.tag === "string" ? ["id", time] : ["id", time, plugin.tag.field];
}

type KeyFunction = (bytes: Uint8Array, start: number, end: number, fields: Int32Array) => Uint8Array;

/**
 * What makes a record the same record: its id; with the time of its last change where records change; with its
 * whole content where nothing else tells. A record without an id is known by its content.
 */
function keyFunction({ cursor }: Plugin): KeyFunction {
  return (bytes, start, end, fields) => {
    const [idStart = -1, idEnd = -1, timeStart = -1, timeEnd = -1] = fields;
    if (idStart < 0 || cursor.kind === "snapshot") return recordKey(bytes.subarray(start, end));
    if (cursor.kind === "event-time" || timeStart < 0) return recordKey(bytes.subarray(idStart, idEnd));
    return recordKey(bytes.subarray(idStart, idEnd), bytes.subarray(timeStart, timeEnd));
  };
}

function newer(newest: Newest | null, bytes: Uint8Array, fields: Int32Array): Newest | null {
  const [idStart = -1, idEnd = -1, timeStart = -1, timeEnd = -1] = fields;
  const text = timeStart < 0 ? null : decodeString(bytes, timeStart, timeEnd);
  const time = text === null ? null : parseInstant(text);
  const order = time === null || newest === null ? 1 : compareInstants(time, newest.time);
  if (time === null || order < 0) return newest;
  const id = idStart < 0 ? null : decodeString(bytes, idStart, idEnd);
  const ids = order === 0 ? newest!.ids : [];
  return { time, ids: id === null || ids.length >= MAX_LAST_IDS ? ids : [...ids, id] };
}
