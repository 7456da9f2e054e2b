/** Records under rules: where they lie in a page, and anywhere else. */
import type { ObfuscationRule } from "../../src/config/config.ts";
import { createFieldReader } from "../../src/json/fields.ts";
import { createFramers } from "../../src/json/framer.ts";
import { createPageScanner } from "../../src/json/scanner.ts";
import { createMasks, type Mask } from "../../src/record/mask.ts";

/** A record as it leaves, with the id and time that are shown of it. */
export interface Shown {
  readonly record: string;
  readonly id: string | null;
  readonly time: string | null;
}

/** What becomes of records by a mask in each of its two ways; the second is that of a page's framer. */
export function shownBothWays(
  records: readonly string[],
  rules: readonly ObfuscationRule[],
): [Shown[], Shown[]] {
  return [shown(records, masks(rules), false), shown(records, masks(rules), true)];
}

const encoder = new TextEncoder();
const framers = createFramers(0);
const masks = createMasks();

function shown(records: readonly string[], mask: Mask | null, isFramed: boolean): Shown[] {
  const read = createFieldReader(["id", "time"]);
  const answers: Shown[] = [];
  const scanner = createPageScanner({}, isFramed ? framers : null);
  const page = encoder.encode(`{"value":[${records.join(",")}]}`);
  scanner.push(page, (bytes, start, end, _, lineBuffer) => {
    const fields = read.read(bytes, start, end);
    const made = mask?.(bytes, start, end, fields, lineBuffer) ?? { bytes, start, end, fields };
    const text = (from: number, to: number) => new TextDecoder().decode(made.bytes.subarray(from, to));
    // Where it lies in a page they moved with the record; else they are read once more.
    const shownFields = isFramed ? made.fields : read.read(made.bytes, made.start, made.end);
    const field = (at: number) => shownFields[at]! < 0 ? null : text(shownFields[at]!, shownFields[at + 1]!);
    answers.push({ record: text(made.start, made.end), id: field(0), time: field(2) });
  });
  scanner.close();
  return answers;
}
