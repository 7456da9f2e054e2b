import { expect } from "vitest";
import { latin1, utf8 } from "./framed.ts";
import { scan, type Scanned, scanners } from "./scannerJudge.ts";

/** Longer than this a document is not cut into the smallest pieces: that is slow, and shows nothing more. */
const LONG_BYTES = 100_000;

/** What came of a document, checked to be the same however it is cut. */
export function outcomeOf(scanner: string, document: string | Uint8Array): Scanned {
  const bytes = typeof document === "string" ? utf8(document) : document;
  const pieces = bytes.length > LONG_BYTES ? [[], [4093]] : [[], [1], [7], [64]];
  const found = pieces.map((sizes) => scan(scanners[scanner]!, bytes, sizes));
  const told = found.map(({ records, refusal }) => `${records.map(latin1).join("\n")} ${refusal}`);
  expect(new Set(told).size, [...new Set(told)].join(" | ").slice(0, 2000)).toBe(1);
  return found[0]!;
}

/** A page of three records, of which the second is `levels` deep. */
export function deepPage(levels: number, open: string, inmost: string, close: string): string {
  return `{"value":[{"a":1},{"b":${open.repeat(levels)}${inmost}${close.repeat(levels)}},{"c":1}]}`;
}
