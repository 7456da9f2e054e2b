import { Buffer } from "node:buffer";

/** The two shapes of a body: whole lines, or the array of objects that Fluent Bit's `http` input takes. */
export type BodyKind = "lines" | "fluent-bit";

export const BODY_KINDS: readonly BodyKind[] = ["lines", "fluent-bit"];

/** What a batch holds at most. */
const MOST_LINES = 1000;
export const MOST_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/** How lines become a body: `open`, the parts with `between`, `close`. */
export interface BodyShape {
  readonly contentType: string;
  readonly open: string;
  readonly between: string;
  readonly close: string;
  /** One line as its part of the body. The line comes with its line feed. */
  part(line: Uint8Array): Uint8Array;
}

/** A line and its part of the body. */
export interface BodyPart {
  readonly line: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * @param json whether lines are JSON (`json`, `record`) or finished Devo lines, which only the media type tells
 */
export function bodyShape(kind: BodyKind, json: boolean): BodyShape {
  if (kind === "fluent-bit") {
    // No other type, and no charset with it: 4.2.8 answers 400 to that. Objects only: it answers 201 to anything
    // else in the array, and loses it with what follows.
    return { contentType: "application/json", open: "[", between: ",", close: "]", part: lineObject };
  }
  const contentType = json ? "application/x-ndjson" : "text/plain; charset=utf-8";
  return { contentType, open: "", between: "", close: "", part: (line) => line };
}

/** Cuts whole lines into parts of a body, a batch at a time: 1,000 lines and 1 MiB at most; a larger line goes alone. */
export function* batchesOf(lines: Uint8Array, shape: BodyShape): Generator<BodyPart[]> {
  const frame = shape.open.length + shape.close.length;
  let batch: BodyPart[] = [];
  let size = frame;
  for (let start = 0; start < lines.length;) {
    const at = lines.indexOf(LINE_FEED, start);
    const end = at < 0 ? lines.length : at + 1;
    const line = lines.subarray(start, end);
    const bytes = shape.part(line);
    const more = bytes.length + (batch.length > 0 ? shape.between.length : 0);
    if (batch.length === MOST_LINES || (batch.length > 0 && size + more > MOST_BYTES)) {
      yield batch;
      batch = [];
      size = frame;
    }
    size += bytes.length + (batch.length > 0 ? shape.between.length : 0);
    batch.push({ line, bytes });
    start = end;
  }
  if (batch.length > 0) yield batch;
}

/** The body of some parts. */
export function assemble({ open, between, close }: BodyShape, parts: readonly BodyPart[]): Buffer {
  const pieces: Uint8Array[] = [];
  if (open !== "") pieces.push(Buffer.from(open));
  parts.forEach(({ bytes }, index) => {
    if (index > 0 && between !== "") pieces.push(Buffer.from(between));
    pieces.push(bytes);
  });
  if (close !== "") pieces.push(Buffer.from(close));
  return Buffer.concat(pieces);
}

/**
 * A line as `{"line":"…"}`, from which JSON gives back its bytes. JSON text is UTF-8 and has no way to write other
 * bytes, so a sequence that is not UTF-8 leaves as U+FFFD: rather one sign changed than a body that the receiver
 * takes with a 201 and then drops. `--body lines`, the file and standard output carry such bytes as they are.
 */
function lineObject(line: Uint8Array): Uint8Array {
  return Buffer.from(`{"line":${JSON.stringify(textOf(line))}}`);
}

/** A line without its line feed, as text. */
export function textOf(line: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(withoutLineFeed(line));
}

export function withoutLineFeed(line: Uint8Array): Uint8Array {
  return line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line;
}
