import { type Batch, type MakeBatch, MOST_BYTES, type Place, type Unsent } from "./batch.ts";
import { bufferOf, lineEnd } from "./lineBounds.ts";
import { createLineObjects } from "./lineObjects.ts";

/** The two shapes of a body: whole lines, or the array of objects that Fluent Bit's `http` input takes. */
export type BodyKind = "lines" | "fluent-bit";

/** How lines become bodies. */
export interface BodyShape {
  readonly contentType: string;
  readonly makeBatch: MakeBatch;
}

/**
 * @param json whether lines are JSON (`json`, `record`) or finished Devo lines, which only the media type tells
 */
export function bodyShape(kind: BodyKind, json: boolean): BodyShape {
  if (kind === "fluent-bit") {
    // No other type, and no charset with it: 4.2.8 answers 400 to that. Objects only: it answers 201 to anything
    // else in the array, and loses it with what follows.
    return { contentType: "application/json", makeBatch: createLineObjects() };
  }
  return {
    contentType: json ? "application/x-ndjson" : "text/plain; charset=utf-8",
    makeBatch: linesAsTheyAre,
  };
}

/** The body is the lines, where they lie. They are looked at only where they are too many, or not counted. */
function linesAsTheyAre({ lines, count: total }: Unsent, most: number, place: Place): Batch {
  if (total !== null && total <= most && lines.length <= MOST_BYTES) {
    return { lines, count: total, body: lines, place };
  }
  const buffer = bufferOf(lines);
  let count = 0;
  let end = 0;
  while (end < lines.length && count < most) {
    const next = lineEnd(buffer, end);
    if (count > 0 && next > MOST_BYTES) break;
    end = next;
    count++;
  }
  const first = lines.subarray(0, end);
  return { lines: first, count, body: first, place };
}
