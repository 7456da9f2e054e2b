/** Judges scanners of pages: `JSON.parse` says what is right. */
import { Buffer } from "node:buffer";
import { GraphtapError } from "../../src/errors.ts";
import { createFramers } from "../../src/json/framer.ts";
import type { PageEnd, PageLimits, PageScanner } from "../../src/json/page.ts";
import { createPageScanner } from "../../src/json/scanner.ts";
import { damaged, type JsonPage, pieceSizes, randomOf, randomPage } from "./jsonDocuments.ts";

/** A way to make a scanner. */
export type CreateScanner = (limits?: PageLimits) => PageScanner;

const framers = createFramers(0);

/** Every scanner there is; each must do what the first one does. */
export const scanners: Readonly<Record<string, CreateScanner>> = {
  "the scanner in TypeScript": createPageScanner,
  // Every array goes to the framer, however short its pieces are.
  "the scanner with WebAssembly": (limits) => createPageScanner(limits, framers),
};

/** What a scanner made of a document. */
export interface Scanned {
  /** The records that were handed out, also before a refusal. */
  readonly records: readonly Uint8Array[];
  readonly end: PageEnd | null;
  /** Why the document was refused: code and message. */
  readonly refusal: string | null;
}

/** Scans a document in pieces. @throws when the scanner breaks a rule that holds for every document */
export function scan(create: CreateScanner, bytes: Uint8Array, sizes: readonly number[]): Scanned {
  const scanner = create();
  const records: Uint8Array[] = [];
  const refused = (step: () => unknown): string | null => {
    try {
      step();
      return null;
    } catch (error) {
      if (error instanceof GraphtapError) return `${error.code}: ${error.message}`;
      throw error;
    }
  };
  let end: PageEnd | null = null;
  let refusal: string | null = null;
  for (let at = 0, turn = 0; at < bytes.length && refusal === null; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? bytes.length;
    const piece = between(bytes.subarray(at, at + size));
    refusal = refused(() =>
      scanner.push(piece.bytes, (holder, start, stop) => records.push(handedOut(holder, start, stop)))
    );
    piece.check();
    at += size;
  }
  const last = refused(() => end = scanner.end());
  scanner.close();
  if (refusal !== null && last !== refusal) {
    throw new Error(`After ${refusal} the end said ${last ?? "nothing"}`);
  }
  return { records, end, refusal: refusal ?? last };
}

/** The piece with text on both sides that would change its meaning, for who reads beyond its ends. */
function between(piece: Uint8Array): { bytes: Uint8Array; check: () => void } {
  const edge = 70;
  const holder = new Uint8Array(piece.length + 2 * edge).fill(0x22);
  holder.set(piece, edge);
  const before = holder.slice();
  return {
    bytes: holder.subarray(edge, edge + piece.length),
    check: () => {
      if (!same(holder, before)) throw new Error("The scanner wrote into the piece it was given");
      // What was handed out is valid during the call only.
      holder.fill(0xff);
    },
  };
}

function handedOut(holder: Uint8Array, start: number, end: number): Uint8Array {
  const isInside = start >= 0 && end > start && end <= holder.length;
  if (!isInside) throw new Error(`A record at ${start} to ${end} of ${holder.length} bytes`);
  const record = holder.slice(start, end);
  const isObject = record[0] === 0x7b && record.at(-1) === 0x7d && parsed(record) !== undefined;
  if (!isObject) throw new Error(`A record that is not one JSON object: ${shown(record)}`);
  return record;
}

/** What is wrong with how a scanner took a valid page; `null` for nothing. */
export function faultInPage(found: Scanned, page: JsonPage): string | null {
  if (found.end === null) return `a valid page was refused: ${found.refusal}`;
  const { nextLink, records, bytes } = found.end;
  if (nextLink !== page.nextLink) return `the link is ${nextLink}, expected ${page.nextLink}`;
  if (records !== page.records.length) return `${records} records, expected ${page.records.length}`;
  if (bytes !== page.bytes.length) return `${bytes} bytes, expected ${page.bytes.length}`;
  const wrong = page.records.findIndex((record, i) => !same(record, found.records[i] ?? new Uint8Array()));
  return wrong < 0 ? null : `record ${wrong + 1} is ${shown(found.records[wrong] ?? new Uint8Array())}`;
}

/** What is wrong with how a scanner took any bytes; `null` for nothing. */
export function faultInBytes(found: Scanned, bytes: Uint8Array): string | null {
  const page = parsed(bytes);
  const isPage = isObject(page) && Array.isArray(page["value"]) && page["value"].every(isObject);
  if (found.refusal !== null) {
    // The parser keeps one of several values without a word; a scanner that refuses them all loses nothing.
    if (!isPage || valueKeys(bytes).join() !== '"value"') return null;
    return linkIsText(page) ? `a page was refused: ${found.refusal}` : null;
  }
  if (!isPage) return "what is no page was accepted";
  const records = JSON.stringify(found.records.map(parsed));
  return records === JSON.stringify(page["value"]) ? null : `the records are ${records}`;
}

/** Each key "value" on the top level of a valid text, as it is spelled there. */
function valueKeys(bytes: Uint8Array): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (
    const [, key, bracket] of decoded(bytes).matchAll(
      /("(?:[^"\\]|\\.)*")(?=\s*:)|([[\]{}])|"(?:[^"\\]|\\.)*"/g,
    )
  ) {
    if (bracket !== undefined) depth += bracket === "{" || bracket === "[" ? 1 : -1;
    else if (key !== undefined && depth === 1 && JSON.parse(key) === "value") keys.push(key);
  }
  return keys;
}

const linkIsText = ({ "@odata.nextLink": link }: Record<string, unknown>) =>
  link === undefined || link === null || typeof link === "string";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoded(bytes));
  } catch {
    return undefined;
  }
}

const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

const shown = (bytes: Uint8Array) => JSON.stringify(decoded(bytes.subarray(0, 2000)));

/** How many documents of a run were what. */
export interface Tally {
  pages: number;
  accepted: number;
  refused: number;
}

/**
 * Judges every scanner by one seed: a valid page, and the same page damaged, each in pieces and whole.
 *
 * @throws with the seed, and what was wrong
 */
export function judgeSeed(seed: number, tally: Tally): void {
  const random = randomOf(seed);
  const page = randomPage(random);
  const broken = damaged(page.bytes, random);
  const sizes = pieceSizes(random);
  const fail = (name: string, bytes: Uint8Array, fault: string) => {
    throw new Error(`seed ${seed}: ${name}, pieces of ${sizes.join(" ")}: ${fault}, in ${shown(bytes)}`);
  };
  let first: string | null = null;
  for (const [name, create] of Object.entries(scanners)) {
    for (const pieces of [sizes, []]) {
      const check = (bytes: Uint8Array, judge: (found: Scanned) => string | null) => {
        try {
          const found = scan(create, bytes, pieces);
          const fault = judge(found);
          if (fault !== null) fail(name, bytes, fault);
          return found;
        } catch (error) {
          if (error instanceof Error && error.message.startsWith("seed ")) throw error;
          return fail(name, bytes, error instanceof Error ? error.message : String(error));
        }
      };
      check(page.bytes, (found) => faultInPage(found, page));
      const found = check(broken, (found) => faultInBytes(found, broken))!;
      first ??= found.refusal ?? "";
      if ((found.refusal ?? "") !== first) fail(name, broken, `${found.refusal}, and otherwise ${first}`);
    }
  }
  tally.pages++;
  tally[first === "" ? "accepted" : "refused"]++;
}
