import type { BodyShape, Part } from "./httpBody.ts";

export const MOST_LINES = 1000;
export const MOST_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/** Cuts whole lines into parts of a body, a batch at a time: 1,000 lines and 1 MiB at most; a larger line goes alone. */
export function* batchesOf(lines: Uint8Array, shape: BodyShape): Generator<Part[]> {
  const frame = shape.open.length + shape.close.length;
  let batch: Part[] = [];
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
