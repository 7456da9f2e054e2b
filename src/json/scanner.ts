import { GraphtapError } from "../errors.ts";
import { CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET } from "./ascii.ts";
import { createByteBuilder } from "./builder.ts";
import type { Cutter, Cutters } from "./cutter.ts";
import { cutShort, type Place, SECOND_VALUE, tooLong, wrongByte } from "./faults.ts";
import { createLexer, FAULT } from "./lexer.ts";
import type { OnRecord, PageEnd, PageLimits, PageScanner } from "./page.ts";
import { createShell } from "./shell.ts";

/**
 * A scanner for one page.
 *
 * It checks the whole grammar of RFC 8259, so that a record handed out is exactly one JSON object. Not checked is
 * whether text is valid UTF-8: such bytes are passed on as they are.
 *
 * @param cutters Read the records, where there is one to take; the lexer reads all else, and says what is wrong.
 */
export function createPageScanner(limits: PageLimits = {}, cutters: Cutters | null = null): PageScanner {
  const { maxRecordBytes = 64 * 1024 * 1024, maxPageBytes = 512 * 1024 * 1024 } = limits;
  const lexer = createLexer();
  const shell = createShell();
  /** The beginning of a record that its chunk did not finish. */
  const carried = createByteBuilder();
  let part: "head" | "records" | "tail" = "head";
  let insideRecord = false;
  let records = 0;
  let bytes = 0;
  let failure: { error: unknown } | null = null;
  let cutter: Cutter | null = null;

  function scan(chunk: Uint8Array, onRecord: OnRecord): void {
    /** Where the unfinished record, or in the head and tail the shell, begins in this chunk. */
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
        shell.append(chunk, start, at);
        start = at;
        if (shell.atValueArray()) {
          if (part === "tail") throw new GraphtapError("page-invalid", SECOND_VALUE);
          lexer.enterRecords("firstRecord");
          part = "records";
          cutter = cutters?.take(chunk.length - at) ?? null;
          if (cutter !== null) return cut(cutter, chunk, at, onRecord);
        }
      }
    }
    if (at === FAULT) throw faulty(chunk);
    if (part !== "records") shell.append(chunk, start, chunk.length);
    else if (insideRecord) carry(chunk, start);
  }

  /** Lets the cutter read on, and where it stops the lexer. */
  function cut(cutter: Cutter, chunk: Uint8Array, from: number, onRecord: OnRecord): void {
    const goesOn = cutter.push(chunk, from, (bytes, start, end, oneLine, sheet) => {
      checkRecord(end - start);
      records++;
      onRecord(bytes, start, end, oneLine, sheet);
    });
    if (goesOn) checkRecord(cutter.unfinished());
    else scan(leftover(cutter), onRecord);
  }

  /** What the cutter did not take. From here on the lexer reads. */
  function leftover(from: Cutter): Uint8Array {
    const { state, bytes } = from.leave();
    cutter = null;
    lexer.enterRecords(state);
    return bytes;
  }

  function handOut(chunk: Uint8Array, start: number, end: number, onRecord: OnRecord): void {
    checkRecord(carried.length + end - start);
    records++;
    if (carried.length === 0) return onRecord(chunk, start, end);
    carried.appendSlice(chunk, 0, end);
    onRecord(carried.bytes(), 0, carried.length);
    carried.clear();
  }

  function carry(chunk: Uint8Array, start: number): void {
    checkRecord(carried.length + chunk.length - start);
    carried.appendSlice(chunk, start, chunk.length);
  }

  function checkRecord(length: number): void {
    if (length <= maxRecordBytes) return;
    throw new GraphtapError("record-too-large", tooLong(`element ${records + 1} of "value"`, maxRecordBytes));
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
      record: part === "records" ? records + 1 : 0,
      inside: insideRecord,
    };
  }

  function push(chunk: Uint8Array, onRecord: OnRecord): void {
    bytes += chunk.length;
    if (bytes > maxPageBytes) throw new GraphtapError("page-too-large", tooLong("response", maxPageBytes));
    if (cutter === null) scan(chunk, onRecord);
    else cut(cutter, chunk, 0, onRecord);
  }

  function end(): PageEnd {
    // The array did not end, so there is no whole record among these bytes.
    if (cutter !== null) scan(leftover(cutter), () => {});
    if (lexer.state() !== "done") throw new GraphtapError("page-invalid", cutShort(place(bytes)));
    return { nextLink: shell.nextLink(part === "tail"), records, bytes };
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
    push: (chunk, onRecord) => lasting(() => push(chunk, onRecord)),
    end: () => lasting(end),
    close() {
      cutter?.close();
      cutter = null;
    },
  };
}
