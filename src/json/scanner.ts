import { GraphtapError } from "../errors.ts";
import { CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET } from "./ascii.ts";
import { createByteBuilder } from "./builder.ts";
import { cutShort, type Place, SECOND_VALUE, tooLong, wrongByte } from "./faults.ts";
import { createLexer, FAULT } from "./lexer.ts";
import type { OnRecord, PageEnd, PageLimits, PageScanner } from "./page.ts";
import { createShell } from "./shell.ts";

/**
 * A scanner for one page.
 *
 * It checks the whole grammar of RFC 8259, so that a record handed out is exactly one JSON object: the check
 * costs no more than a scan for quotes and brackets alone. Not checked is whether text is valid UTF-8:
 * such bytes are passed on as they are.
 */
export function createPageScanner(limits: PageLimits = {}): PageScanner {
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
          lexer.enterRecords();
          part = "records";
        }
      }
    }
    if (at === FAULT) throw faulty(chunk);
    if (part !== "records") shell.append(chunk, start, chunk.length);
    else if (insideRecord) carry(chunk, start);
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
    scan(chunk, onRecord);
  }

  function end(): PageEnd {
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

  return { push: (chunk, onRecord) => lasting(() => push(chunk, onRecord)), end: () => lasting(end) };
}
