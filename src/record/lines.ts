import { type ByteBuilder, createByteBuilder } from "../json/builder.ts";
import type { LineBuffer } from "../json/lineBuffer.ts";
import type { Batch } from "../json/batch.ts";
import { appendOneLine, appendRecord } from "../json/splice.ts";
import type { LineStyle } from "./line.ts";

const NULL = new TextEncoder().encode("null");

/** The event lines that have not left yet, in the order of their records. */
export interface Lines {
  /**
   * Adds the line of the record `bytes[start, end)`, line feed included.
   *
   * @param fields slices of the record's raw id and time, as {@linkcode FieldReader} gives them: id's start and end,
   * time's start and end, -1 where the record has none
   * @param oneLine whether the record is known to hold no raw line break
   * @param lineBuffer where the record lies, if on one
   */
  add(
    tag: string,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: Int32Array,
    oneLine: boolean,
    lineBuffer?: LineBuffer,
  ): void;
  /**
   * Adds the lines of those in the batch's `fresh` from `from` to before `to`.
   *
   * @param tagOf the tag of the record with that number
   */
  addFresh(batch: Batch, from: number, to: number, tagOf: (record: number) => string): void;
  /** All lines; they hold until the next is added or the next bytes of the page are cut. */
  bytes(): Uint8Array;
  clear(): void;
}

/** Lines are made on the line buffer of the page where there is one, and lie in memory of our own where there is none. */
export function createLines(style: LineStyle): Lines {
  const own = createByteBuilder();
  let page: LineBuffer | undefined;

  /** Those on the line buffer are younger than our own. */
  function gather(): void {
    if (page === undefined || page.length === 0) return;
    own.append(page.lines());
    page.clear();
  }

  function leavePage(): void {
    gather();
    page = undefined;
  }

  /** From here on lines are made on that buffer. */
  function enterPage(lineBuffer: LineBuffer): void {
    if (lineBuffer === page) return;
    gather();
    page = lineBuffer;
    page.begin(style, leavePage);
  }

  const lines: Lines = {
    add(tag, bytes, start, end, fields, oneLine, lineBuffer) {
      const head = style.headOf(tag);
      if (lineBuffer !== undefined) {
        enterPage(lineBuffer);
        if (lineBuffer.add(head, fields, start, end, oneLine)) return;
        gather();
        if (lineBuffer.add(head, fields, start, end, oneLine)) return;
      }
      gather();
      appendLine(own, style, head, bytes, start, end, fields, oneLine);
    },
    addFresh(batch, from, to, tagOf) {
      enterPage(batch.lineBuffer);
      addWhereTheyLie(lines, style, batch, from, to, tagOf);
    },
    bytes() {
      if (page !== undefined && own.length === 0) return page.lines();
      gather();
      return own.bytes();
    },
    clear() {
      own.clear();
      page?.clear();
    },
  };
  return lines;
}

/** Adds lines at once as far as may be, and one by one those that find no room. */
function addWhereTheyLie(
  lines: Lines,
  style: LineStyle,
  batch: Batch,
  from: number,
  to: number,
  tagOf: (record: number) => string,
): void {
  const { lineBuffer, bytes, fresh } = batch;
  let learned = -1;
  for (let n = from; (n = lineBuffer.addFresh(n, to)) < to;) {
    const record = fresh[n]!;
    const tag = tagOf(record);
    // It stopped for want of a head, or else of room.
    if (record !== learned && lineBuffer.learn(record, style.headOf(tag))) {
      learned = record;
      continue;
    }
    lines.add(
      tag,
      bytes,
      batch.startOf(record),
      batch.endOf(record),
      batch.fieldsOf(record),
      batch.isOneLine(record),
      lineBuffer,
    );
    n++;
  }
}

/** The same in our own memory. */
function appendLine(
  out: ByteBuilder,
  { between, members, end: lineEnd }: LineStyle,
  head: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: Int32Array,
  oneLine: boolean,
): void {
  out.append(head);
  if (between !== null) {
    appendValue(out, bytes, fields[0]!, fields[1]!, oneLine);
    out.append(between.time);
    appendValue(out, bytes, fields[2]!, fields[3]!, oneLine);
    out.append(between.event);
  }
  appendRecord(out, bytes, start, end, members, oneLine);
  out.append(lineEnd);
}

function appendValue(
  out: ByteBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  oneLine: boolean,
): void {
  if (start < 0) out.append(NULL);
  else appendOneLine(out, bytes, start, end, oneLine);
}
