import type { LineBuffer } from "../json/lineBuffer.ts";
import { FOUND_WORDS, type PathFinder, type PathFinders, pathTable } from "../json/paths.ts";
import type { MaskRule } from "./maskRule.ts";
import { createMaskWalk, type OnMasked } from "./maskWalk.ts";

/** Finds the values at which rules end: where records lie by `json/paths.ts`, and else by a walk. */
export interface MaskedValues {
  /** @param lineBuffer where the record lies, if on one */
  each(
    bytes: Uint8Array,
    start: number,
    end: number,
    lineBuffer: LineBuffer | undefined,
    found: OnMasked,
  ): void;
  /** Whether any of the records that lie on it in [start, end) may have one. */
  mayBeIn(lineBuffer: LineBuffer, start: number, end: number): boolean;
}

export function createMaskedValues(rules: readonly MaskRule[], finders: PathFinders): MaskedValues {
  const walk = createMaskWalk(rules);
  const rulesOf = rulesByBits(rules);
  const table = pathTable(rules.map(({ path }) => path));
  let page: LineBuffer | undefined;
  let finder: PathFinder | null = null;

  function finderOn(lineBuffer: LineBuffer | undefined): PathFinder | null {
    if (table === null || lineBuffer === undefined) return null;
    if (lineBuffer !== page) {
      page = lineBuffer;
      finder = finders(lineBuffer.memory, table);
    }
    return finder;
  }

  return {
    each(bytes, start, end, lineBuffer, found) {
      const finder = finderOn(lineBuffer);
      const count = finder?.find(start, end) ?? -1;
      if (count < 0) return walk(bytes, start, end, found);
      if (count === 0) return;
      const words = finder!.found();
      for (let at = 0; at < count * FOUND_WORDS; at += FOUND_WORDS) {
        found(words[at]!, words[at + 1]!, rulesOf(words[at + 2]!));
      }
    },
    mayBeIn: (lineBuffer, start, end) => finderOn(lineBuffer)?.mayFind(start, end) ?? true,
  };
}

/** The rules whose bits are set, the same list for the same bits. */
function rulesByBits(rules: readonly MaskRule[]): (bits: number) => readonly MaskRule[] {
  const known = new Map<number, readonly MaskRule[]>();
  return (bits) => {
    let set = known.get(bits);
    if (set === undefined) known.set(bits, set = rules.filter((_, index) => (bits & (1 << index)) !== 0));
    return set;
  };
}
