/** What a batch holds at most. A line that is larger goes alone. */
export const MOST_LINES = 1000;
export const MOST_BYTES = 1024 * 1024;

/**
 * Bodies lie in one of two places, so that one is sent while the next is made. A body holds until another is made in its
 * place.
 */
export type Place = 0 | 1;

/** What one request carries. */
export interface Batch {
  /** The lines, where they lie. */
  readonly lines: Uint8Array;
  readonly count: number;
  readonly body: Uint8Array;
  readonly place: Place;
}

/** Lines of which batches are made. */
export interface Unsent {
  readonly lines: Uint8Array;
  /** How many they are; `null` when nobody has counted them. */
  readonly count: number | null;
}

/** Makes the largest batch of the first lines: so many of them at most, and a body of {@linkcode MOST_BYTES}. */
export type MakeBatch = (unsent: Unsent, most: number, place: Place) => Batch;

/** What is left of lines behind their first batch. */
export function behind({ lines, count }: Unsent, batch: Batch): Unsent {
  return { lines: lines.subarray(batch.lines.length), count: count === null ? null : count - batch.count };
}
