import type { Batch } from "./batch.ts";
import type { LineBuffer } from "./lineBuffer.ts";

/**
 * What cutting a page of Microsoft Graph into records means, whoever does it.
 *
 * A page is `{…,"value":[{…},{…}],…}`, the answer to a query `{…,"results":[{…},{…}],…}`. Records leave as the bytes that arrived: parsing them and writing them
 * again would turn `1.0` into `1`, `12345678901234567890` into `12345678901234567000`, drop the first of two
 * equal keys, and cost several times as much.
 */

/**
 * Called for each record: `bytes[start, end)` is one JSON object, from `{` to its `}` inclusive. The bytes are
 * valid only during the call, and must not be written to. `oneLine` says that no raw CR or LF is among them, as far
 * as the scanner knows. On `lineBuffer`, if there is one, its line can be assembled where it lies.
 */
export type OnRecord = (
  bytes: Uint8Array,
  start: number,
  end: number,
  oneLine?: boolean,
  lineBuffer?: LineBuffer,
) => void;

/** Called for records that can be had at once. @returns false when they are to be handed out one by one */
export type OnBatch = (batch: Batch) => boolean;

/**
 * Called for a record that is longer than is read: `bytes[start, end)` is how it begins, valid only during the call. It is
 * not handed out, and neither is anything of it kept.
 *
 * @param what says which it is, and what the limit is
 */
export type OnTooLong = (what: string, bytes: Uint8Array, start: number, end: number) => void;

/** What a page said besides its records. */
export interface PageEnd {
  /** `@odata.nextLink`, or `null` when this is the last page. */
  nextLink: string | null;
  /** How many records were handed out. */
  records: number;
  /** How many bytes were pushed. */
  bytes: number;
}

/**
 * Cuts one page. After it has thrown, it throws the same error for ever.
 *
 * Messages complete the sentence `Cannot read page of "signIns": …` and hold nothing of the body.
 */
export interface PageScanner {
  /**
   * Takes the next bytes of the page, of any length, and hands out each record that they complete; only an
   * unfinished one is kept.
   *
   * @param onBatch takes many at once, where it is cheap to have them so
   * @throws `page-invalid` as soon as the bytes cannot be a page; records before that point were handed out.
   * @throws `page-too-large` when the limit is passed; `record-too-large` where nobody is told of such a record.
   */
  push(chunk: Uint8Array, onRecord: OnRecord, onBatch?: OnBatch): void;
  /**
   * Says that the page is over.
   *
   * @throws `page-invalid` when it was cut short or has no array of records.
   */
  end(): PageEnd;
  /** Gives back what the scanner holds; needed when a page breaks off or fails, harmless at any other time. */
  close(): void;
}

/** Bounds on what is read, in bytes. */
export interface PageLimits {
  /** @default 67_108_864 (64 MiB) */
  maxRecordBytes?: number;
  /** @default 536_870_912 (512 MiB) */
  maxPageBytes?: number;
}

/** How a page is cut. */
export interface PageOptions extends PageLimits {
  /** The key of the array that holds the records. @default "value" */
  array?: string;
}
