import { expect } from "vitest";
import { createFramers } from "../../src/json/framer.ts";
import type { PageEnd, PageLimits, PageScanner } from "../../src/json/page.ts";
import { createPageScanner } from "../../src/json/scanner.ts";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes as text, one character a byte, so that comparing texts compares bytes. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

export interface Cut extends PageEnd {
  /** Each record, one character a byte. */
  texts: string[];
}

// Also of the shortest piece.
const framers = createFramers(0);

/**
 * Scans a whole page, pushed in pieces of the given sizes (the last one repeats): with the lexer alone, and with a
 * framer, which must come to the same.
 */
export function cut(page: string | Uint8Array, sizes: readonly number[] = [], limits?: PageLimits): Cut {
  const outcomes = [null, framers].map((framers) => {
    const scanner = createPageScanner(limits, framers);
    try {
      return { found: cutBy(scanner, page, sizes) };
    } catch (error) {
      return { error };
    } finally {
      scanner.close();
    }
  });
  const [expected, cut] = outcomes;
  // Of thousands of texts, to compare them as one is the fastest.
  const isSame = expected?.found !== undefined &&
    JSON.stringify(cut?.found) === JSON.stringify(expected.found);
  if (!isSame) expect(cut).toEqual(expected);
  if (expected?.found === undefined) throw expected?.error;
  return expected.found;
}

function cutBy(scanner: PageScanner, page: string | Uint8Array, sizes: readonly number[]): Cut {
  const bytes = typeof page === "string" ? utf8(page) : page;
  const texts: string[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? bytes.length;
    // A copy that is wiped afterwards: a record is valid during the call only, and nobody may rely on more.
    const chunk = bytes.slice(at, at + size);
    scanner.push(chunk, (record, start, end) => texts.push(latin1(record.subarray(start, end))));
    chunk.fill(0xff);
    at += size;
  }
  return { ...scanner.end(), texts };
}

/** Numbers from 0 to 1, the same ones for the same seed (xorshift, 32 bits). */
export function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
