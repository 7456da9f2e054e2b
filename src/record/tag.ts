import { decodeStrings } from "../json/decode.ts";
import type { TagTable } from "../plugin/plugin.ts";

/** Chooses a record's tag from the value of the table's field, given as a slice of raw JSON (or -1, -1). */
export type Tagger = (bytes: Uint8Array, start: number, end: number) => string;

/**
 * @param override replaces the whole tag of a service
 * @param generation stands where the templates say `{generation}`
 */
export function createTagger(tag: string | TagTable, generation: string, override: string | null): Tagger {
  const fill = (template: string) => template.replace("{generation}", generation);
  if (override !== null) return () => override;
  if (typeof tag === "string") {
    const fixed = fill(tag);
    return () => fixed;
  }
  const fold = tag.ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  const known = new Map(Object.entries(tag.tags).map(([value, template]) => [fold(value), fill(template)]));
  const otherwise = fill(tag.otherwise);
  return (bytes, start, end) => {
    if (start < 0) return otherwise;
    for (const value of decodeStrings(bytes, start, end)) {
      const found = known.get(fold(value));
      if (found !== undefined) return found;
    }
    return otherwise;
  };
}
