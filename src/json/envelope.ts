import { GraphtapError } from "../errors.ts";
import { sentenceOf } from "../net/sentence.ts";
import { BACKSLASH, COLON } from "./ascii.ts";
import { createByteBuilder } from "./builder.ts";
import { secondArray } from "./faults.ts";
import { isSpace } from "./text.ts";

/**
 * The page without its records: context, count, nextLink, and of a query's answer its schema. Graph puts members on either side of
 * the array, so both sides are kept, and read with `JSON.parse` when the page is over.
 */
export interface Envelope {
  /** Keeps `bytes[start, end)`. @throws `page-invalid` when the envelope passes 1 MiB. */
  append(bytes: Uint8Array, start: number, end: number): void;
  /** Whether the array whose `[` came last is the one that holds the records: its key spelled without escapes. */
  atRecords(): boolean;
  /**
   * The `@odata.nextLink` of a whole page.
   *
   * @param found Whether the array of its records was met.
   * @throws `page-invalid` when there was none, or the envelope contradicts it.
   */
  nextLink(found: boolean): string | null;
}

// Graph's own envelopes are below 3 KiB; what is larger is no page.
const MAX_SHELL_BYTES = 1024 * 1024;

/** An empty envelope. @param array The key of the records. */
export function createEnvelope(array: string): Envelope {
  const kept = createByteBuilder(4096);
  const key = new TextEncoder().encode(`"${array}"`);
  return {
    append(bytes, start, end) {
      if (kept.length + end - start > MAX_SHELL_BYTES) {
        throw invalid(`response has more than 1 MiB outside a "${array}" array`);
      }
      kept.appendSlice(bytes, start, end);
    },
    atRecords: () => endsWithArrayOf(key, kept.bytes()),
    nextLink: (found) => nextLinkOf(parsed(kept.bytes(), array), array, found),
  };
}

/** Whether an envelope that is valid JSON so far ends with `key:[`, white space aside. */
function endsWithArrayOf(key: Uint8Array, bytes: Uint8Array): boolean {
  let at = skipSpaceBack(bytes, bytes.length - 2);
  if (bytes[at] !== COLON) return false;
  at = skipSpaceBack(bytes, at - 1) - key.length + 1;
  // Behind a backslash, the quote is part of a longer key.
  return at > 0 && bytes[at - 1] !== BACKSLASH && key.every((byte, i) => bytes[at + i] === byte);
}

function skipSpaceBack(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at--;
  return at;
}

function parsed(bytes: Uint8Array, array: string): Readonly<Record<string, unknown>> {
  try {
    // The decoder drops a byte order mark. The lexer saw an object, so the cast is safe.
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    // Without the cause: the parser's message quotes the body.
    throw invalid(`response is not valid JSON outside its "${array}" array`);
  }
}

function nextLinkOf(
  page: Readonly<Record<string, unknown>>,
  array: string,
  found: boolean,
): string | null {
  const { [array]: value, error } = page;
  const link = linkIn(page);
  if (!found) throw invalid(`response has no "${array}" array${instead(array, value, error)}`);
  if (!Array.isArray(value) || value.length > 0) throw invalid(secondArray(array));
  if (link === undefined || link === null || link === "") return null;
  // To take it for the last page would lose the rest without a word.
  if (typeof link !== "string") throw invalid(`response has an "@odata.nextLink" that is not a string`);
  return link;
}

/** The link by its name, or by the same in other letters: gateways have been seen to change them. */
function linkIn(page: Readonly<Record<string, unknown>>): unknown {
  const link = page["@odata.nextLink"];
  if (link !== undefined) return link;
  const name = Object.keys(page).find((key) => /^@(odata\.)?nextlink$/i.test(key));
  return name === undefined ? undefined : page[name];
}

/** What stands in place of the array, as far as it may be said without quoting the body. */
function instead(array: string, value: unknown, error: unknown): string {
  if (value === null) return `: its "${array}" is null`;
  if (Array.isArray(value)) return `: its key is spelled with an escape`;
  if (value !== undefined) {
    return `: its "${array}" is ${typeof value === "object" ? "an object" : `a ${typeof value}`}`;
  }
  if (typeof error !== "object" || error === null) return "";
  const { code, message } = error as Readonly<Record<string, unknown>>;
  const named = typeof code === "string" && /^[\w.-]{1,80}$/.test(code) ? ` with code "${code}"` : "";
  const sentence = typeof message === "string" ? sentenceOf(message) : null;
  return `, found an "error" object${named}${sentence === null ? "" : `; Graph says: "${sentence}"`}`;
}

function invalid(message: string): GraphtapError {
  return new GraphtapError("page-invalid", message);
}
