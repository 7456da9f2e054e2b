import { COMMA, OPEN_BRACE, QUOTE } from "./ascii.ts";
import { decodeString } from "./decode.ts";
import { skipSpace, stringEnd, valueEnd } from "./skip.ts";
import { plainEnd } from "./text.ts";

/** Finds the raw values of a few properties in a record, without parsing it. */
export interface FieldReader {
  /**
   * Reads the record `bytes[start, end)`, which must be one valid JSON object, as a scanner hands it out.
   *
   * @returns For each path `i`, at `2 * i` and `2 * i + 1`, start and end of its value (quotes included for a
   * string), or -1 and -1 when the record has no such property. The array is reused by the next call.
   */
  read(bytes: Uint8Array, start: number, end: number): Int32Array;
}

/** One key of the asked paths. */
interface Step {
  readonly key: string;
  readonly keyBytes: Uint8Array;
  /** Positions in the answer that the key's value fills. */
  readonly slots: number[];
  /** What is asked of the value when it is an object. */
  readonly below: Step[];
  /** Whether the object being read has shown the key. */
  met: boolean;
}

/**
 * A reader of `paths`, where `/` leads into an object: `id`, `vendorInformation/provider`.
 *
 * Only the asked depth matches, and the first of equal keys wins. What is asked below something that is missing
 * or not an object is absent. Reading stops as soon as every path is decided.
 */
export function createFieldReader(paths: readonly string[]): FieldReader {
  const steps = stepsOf(paths);
  const slices = new Int32Array(paths.length * 2);

  function readObject(bytes: Uint8Array, start: number, end: number, wanted: readonly Step[]): void {
    for (const step of wanted) step.met = false;
    let left = wanted.length;
    let at = skipSpace(bytes, start + 1, end);
    while (left > 0 && at < end && bytes[at] === QUOTE) {
      const plain = plainEnd(bytes, at + 1, end);
      const escaped = bytes[plain] !== QUOTE;
      const keyEnd = escaped ? stringEnd(bytes, at, end) : plain + 1;
      const step = escaped
        ? stepNamed(decodeString(bytes, at, keyEnd), wanted)
        : stepAt(bytes, at + 1, plain, wanted);
      const colon = skipSpace(bytes, keyEnd, end);
      const value = skipSpace(bytes, colon + 1, end);
      if (value >= end) return;
      const valueStop = valueEnd(bytes, value, end);
      if (step !== undefined) {
        left--;
        step.met = true;
        for (const slot of step.slots) {
          slices[slot * 2] = value;
          slices[slot * 2 + 1] = valueStop;
        }
        if (step.below.length > 0 && bytes[value] === OPEN_BRACE) {
          readObject(bytes, value, valueStop, step.below);
        }
      }
      at = skipSpace(bytes, valueStop, end);
      if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
    }
  }

  return {
    read(bytes, start, end) {
      slices.fill(-1);
      readObject(bytes, start, end, steps);
      return slices;
    },
  };
}

/** Paths as a tree: what they share is looked for once. */
function stepsOf(paths: readonly string[]): Step[] {
  const top: Step[] = [];
  paths.forEach((path, slot) => {
    let level = top;
    let step: Step | undefined;
    for (const key of path.split("/")) {
      step = level.find((known) => known.key === key);
      if (step === undefined) {
        step = { key, keyBytes: new TextEncoder().encode(key), slots: [], below: [], met: false };
        level.push(step);
      }
      level = step.below;
    }
    step?.slots.push(slot);
  });
  return top;
}

/** The step whose key is `bytes[start, end)`, a key without escapes. */
function stepAt(bytes: Uint8Array, start: number, end: number, wanted: readonly Step[]): Step | undefined {
  for (const step of wanted) {
    const key = step.keyBytes;
    if (key.length !== end - start || step.met) continue;
    let i = 0;
    while (i < key.length && key[i] === bytes[start + i]) i++;
    if (i === key.length) return step;
  }
  return undefined;
}

function stepNamed(key: string | null, wanted: readonly Step[]): Step | undefined {
  return wanted.find((step) => step.key === key && !step.met);
}
