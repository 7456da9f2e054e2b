import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { type FileSinkOptions, openFileSink } from "../../src/sink/file.ts";
import type { Sink } from "../../src/sink/sink.ts";
import { listSpool } from "../../src/sink/spoolNames.ts";
import { recordKey } from "../../src/record/keyMaker.ts";

/** Lines of a page of one stream, of very different lengths, in pieces as they come while a page is read. */
const PIECES = 2;
const LINES = 4;
const PAGE = PIECES * LINES;
export const STREAMS = ["10001/signIns", "10001/alerts_v2", "10002/signIns"] as const;

/** What outlives a crash beside the spool: the seen sets and the positions. */
export interface Durable {
  readonly seen: Map<string, Set<string>>;
  readonly page: Map<string, number>;
}

export function nothingDurable(): Durable {
  return {
    seen: new Map(STREAMS.map((stream) => [stream, new Set()])),
    page: new Map(STREAMS.map((stream) => [stream, 0])),
  };
}

const lineOf = (stream: string, page: number, index: number) =>
  `${stream} page ${page} line ${index} ${"é".repeat((page * 7 + index * 13) % 40)}\n`;

/** Every line of the first `pages` pages. */
export function allLines(pages: number): string[] {
  return STREAMS.flatMap((stream) =>
    Array.from({ length: pages * PAGE }, (_, n) => lineOf(stream, Math.floor(n / PAGE), n % PAGE))
      .map((line) => Buffer.from(line).toString("latin1"))
  );
}

export function openModelSink(path: string, options: Partial<FileSinkOptions> = {}): Sink {
  let now = Date.UTC(2026, 10, 22, 16);
  return openFileSink({
    path,
    rotateBytes: 800,
    rotateSeconds: 3600,
    journalBytes: 1500,
    maxSpoolBytes: null,
    locker: () => ({ status: "locked", release: () => {} }),
    now: () => now++,
    report: () => {},
    ...options,
  });
}

/**
 * What the engine does, for three streams whose pieces interleave: what the sink accepted before is seen; what is not
 * seen is written; then the keys, the position, and the word to the sink, each of which a crash may prevent.
 *
 * @param step called between the steps that are not the sink's
 */
export async function readPagesInto(
  sink: Sink,
  durable: Durable,
  pages: number,
  step: () => void,
): Promise<void> {
  const pending = new Map(STREAMS.map((stream) => [stream, new Set(durable.seen.get(stream))]));
  for (const stream of STREAMS) {
    for (const key of sink.accepted!(stream)) pending.get(stream)!.add(hex(key));
  }
  for (let page = Math.min(...durable.page.values()); page < pages; page++) {
    const due = STREAMS.filter((stream) => durable.page.get(stream)! <= page);
    for (let piece = 0; piece < PIECES; piece++) {
      for (const stream of due) await writePiece(sink, stream, page, piece, pending.get(stream)!);
    }
    for (const stream of due) {
      step();
      durable.seen.set(stream, new Set(pending.get(stream)));
      step();
      durable.page.set(stream, page + 1);
      step();
      sink.committed!(stream);
    }
  }
}

async function writePiece(sink: Sink, stream: string, page: number, piece: number, pending: Set<string>) {
  const keys: Uint8Array[] = [];
  let lines = "";
  for (let index = piece * LINES; index < (piece + 1) * LINES; index++) {
    const key = recordKey(`${page}:${index}`);
    if (pending.has(hex(key))) continue;
    pending.add(hex(key));
    keys.push(key);
    lines += lineOf(stream, page, index);
  }
  if (lines !== "") await sink.write(new TextEncoder().encode(lines), { stream, keys: Buffer.concat(keys) });
}

const hex = (key: Uint8Array) => Array.from(key, (byte) => byte.toString(16)).join(".");

/** All that is in the files of a spool, in their order, one character a byte. */
export function spoolText(path: string): string {
  return listSpool(path).map((file) => readFileSync(file.path, "latin1")).join("");
}
