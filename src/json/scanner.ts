import { GraphtapError } from "../errors.ts";
import { CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET } from "./ascii.ts";
import { createByteBuilder } from "./builder.ts";
import type { Framer, Framers } from "./framer.ts";
import { cutShort, type Place, secondArray, tooLong, wrongByte } from "./faults.ts";
import { createLexer, FAULT } from "./lexer.ts";
import type { OnBatch, OnRecord, OnTooLong, PageEnd, PageOptions, PageScanner } from "./page.ts";
import { createEnvelope } from "./envelope.ts";

/**
 * A scanner for one page.
 *
 * It checks the whole grammar of RFC 8259, so that a record handed out is exactly one JSON object. Not checked is
 * whether text is valid UTF-8: such bytes are passed on as they are.
 *
 * @param framers Read the records, where there is one to take; the lexer reads all else, and says what is wrong.
 * @param onTooLong Told of a record that is too long; the page is then read on behind it.
 */
export function createPageScanner(
  options: PageOptions = {},
  framers: Framers | null = null,
  onTooLong: OnTooLong | null = null,
): PageScanner {
  const { maxRecordBytes = 64 * 1024 * 1024, maxPageBytes = 512 * 1024 * 1024, array = "value" } = options;
  const lexer = createLexer();
  const envelope = createEnvelope(array);
  /** The beginning of a record that its chunk did not finish. */
  const carried = createByteBuilder();
  let part: "head" | "records" | "tail" = "head";
  let insideRecord = false;
  /** Whether that record is too long. */
  let isLeftOut = false;
  let records = 0;
  let leftOut = 0;
  let bytes = 0;
  let failure: { error: unknown } | null = null;
  let framer: Framer | null = null;

  function scan(chunk: Uint8Array, onRecord: OnRecord, onBatch?: OnBatch): void {
    /** Where the unfinished record, or in the head and tail the envelope, begins in this chunk. */
    let start = 0;
    let at = 0;
    while ((at = lexer.run(chunk, at, chunk.length)) >= 0) {
      const bracket = chunk[at - 1];
      if (part === "records") {
        if (bracket === OPEN_BRACE) {
          insideRecord = true;
          start = at - 1;
        } else if (bracket === CLOSE_BRACE) {
          insideRecord = false;
          handOut(chunk, start, at, onRecord);
        } else {
          part = "tail";
          start = at - 1;
        }
      } else if (bracket === OPEN_BRACKET && lexer.depth() === 2) {
        envelope.append(chunk, start, at);
        start = at;
        if (envelope.atRecords()) {
          if (part === "tail") throw new GraphtapError("page-invalid", secondArray(array));
          lexer.enterRecords("firstRecord");
          part = "records";
          framer = framers?.take(chunk.length - at) ?? null;
          if (framer !== null) return cut(framer, chunk, at, onRecord, onBatch);
        }
      }
    }
    if (at === FAULT) throw faulty(chunk);
    if (part !== "records") envelope.append(chunk, start, chunk.length);
    else if (insideRecord) carry(chunk, start);
  }

  /** Lets the framer read on, and where it stops the lexer. */
  function cut(framer: Framer, chunk: Uint8Array, from: number, onRecord: OnRecord, onBatch?: OnBatch): void {
    const goesOn = framer.push(chunk, from, (bytes, start, end, oneLine, lineBuffer) => {
      if (isTooLong(end - start)) return leaveOut(bytes, start, end);
      records++;
      onRecord(bytes, start, end, oneLine, lineBuffer);
    }, (batch) => {
      // Where one of them may be too long, each is looked at.
      const isTaken = !isTooLong(batch.bytes.length) && onBatch?.(batch) === true;
      if (isTaken) records += batch.count;
      return isTaken;
    });
    // The lexer reads to the end of a record that is too long, and keeps nothing of it.
    if (!goesOn || isTooLong(framer.unfinished())) scan(leftover(framer), onRecord);
  }

  /** What the framer did not take. From here on the lexer reads. */
  function leftover(from: Framer): Uint8Array {
    const { state, bytes } = from.leave();
    framer = null;
    lexer.enterRecords(state);
    return bytes;
  }

  function handOut(chunk: Uint8Array, start: number, end: number, onRecord: OnRecord): void {
    if (isLeftOut) {
      isLeftOut = false;
      return;
    }
    if (isTooLong(carried.length + end - start)) return leaveOutCarried(chunk, start, end);
    records++;
    if (carried.length === 0) return onRecord(chunk, start, end);
    carried.appendSlice(chunk, 0, end);
    onRecord(carried.bytes(), 0, carried.length);
    carried.clear();
  }

  function carry(chunk: Uint8Array, start: number): void {
    if (isLeftOut) return;
    if (isTooLong(carried.length + chunk.length - start)) {
      leaveOutCarried(chunk, start, chunk.length);
      isLeftOut = true;
      return;
    }
    carried.appendSlice(chunk, start, chunk.length);
  }

  function isTooLong(length: number): boolean {
    return length > maxRecordBytes;
  }

  /** Of a record that began in an earlier chunk, that is the beginning. */
  function leaveOutCarried(chunk: Uint8Array, start: number, end: number): void {
    if (carried.length === 0) return leaveOut(chunk, start, end);
    leaveOut(carried.bytes(), 0, carried.length);
    carried.clear();
  }

  function leaveOut(bytes: Uint8Array, start: number, end: number): void {
    const what = tooLong(`element ${records + leftOut + 1} of "${array}"`, maxRecordBytes);
    if (onTooLong === null) throw new GraphtapError("record-too-large", what);
    leftOut++;
    onTooLong(what, bytes, start, end);
  }

  function faulty(chunk: Uint8Array): GraphtapError {
    const at = lexer.faultAt();
    return new GraphtapError(
      "page-invalid",
      wrongByte(place(bytes - chunk.length + at), chunk[at] as number),
    );
  }

  function place(offset: number): Place {
    return {
      state: lexer.state(),
      offset,
      array,
      record: part === "records" ? records + leftOut + (isLeftOut ? 0 : 1) : 0,
      inside: insideRecord,
    };
  }

  function push(chunk: Uint8Array, onRecord: OnRecord, onBatch?: OnBatch): void {
    bytes += chunk.length;
    if (bytes > maxPageBytes) throw new GraphtapError("page-too-large", tooLong("response", maxPageBytes));
    if (framer === null) scan(chunk, onRecord, onBatch);
    else cut(framer, chunk, 0, onRecord, onBatch);
  }

  function end(): PageEnd {
    // The array did not end, so there is no whole record among these bytes.
    if (framer !== null) scan(leftover(framer), () => {});
    if (lexer.state() !== "done") throw new GraphtapError("page-invalid", cutShort(place(bytes)));
    return { nextLink: envelope.nextLink(part === "tail"), records, bytes };
  }

  /** Runs `step`; what it throws is what every later step throws. */
  function lasting<T>(step: () => T): T {
    if (failure !== null) throw failure.error;
    try {
      return step();
    } catch (error) {
      failure = { error };
      throw error;
    }
  }

  return {
    push: (chunk, onRecord, onBatch) => lasting(() => push(chunk, onRecord, onBatch)),
    end: () => lasting(end),
    close() {
      framer?.close();
      framer = null;
    },
  };
}
