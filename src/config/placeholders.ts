/** Placeholders that were left in: `<tenant_id_value>`. */
import type { Path } from "./document.ts";

/** Paths of every text that is a placeholder as a whole. */
export function findPlaceholders(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return /^\s*<[^<>]*>\s*$/.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null || isReplacement(path)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => findPlaceholders(item, [...path, index]));
  return Object.entries(value).flatMap(([name, item]) => {
    const at = [...path, name];
    return isReplacement(at) ? [] : findPlaceholders(item, at);
  });
}

/** `obfuscation_data.0.value` may well be `<masked>`, and its patterns anything. */
function isReplacement(path: Path): boolean {
  const [block, , name] = path.slice(-3);
  return block === "obfuscation_data" && (name === "value" || name === "string_patterns");
}
