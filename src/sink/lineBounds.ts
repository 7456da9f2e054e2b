import { Buffer } from "node:buffer";

export const LINE_FEED = 0x0a;

/** The same bytes, where they are, as a buffer: of a typed array, `indexOf` looks at one byte after the other. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Where the line that begins at `start` ends, its line feed included. */
export function lineEnd(lines: Buffer, start: number): number {
  const at = lines.indexOf(LINE_FEED, start);
  return at < 0 ? lines.length : at + 1;
}

/** A line without its line feed, as text. */
export function textOf(line: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(withoutLineFeed(line));
}

export function withoutLineFeed(line: Uint8Array): Uint8Array {
  return line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line;
}
