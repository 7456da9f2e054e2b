import { parseInstant } from "../../instant.ts";
import type { Fields, Value } from "./evaluate.ts";
import type { Property, PropertyTable } from "./properties.ts";

/** Reads the filterable values out of a parsed record, once, when it is stored. */
export function extractFields(record: unknown, properties: PropertyTable): Fields {
  const fields = new Map<string, Value>();
  for (const [path, property] of Object.entries(properties)) {
    const value = convert(valueAt(record, path), property);
    if (value !== undefined) fields.set(path, value);
  }
  return fields;
}

/** The value at a path of names joined by `/`, `undefined` when there is none. */
function valueAt(record: unknown, path: string): unknown {
  let value = record;
  for (const name of path.split("/")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function convert(value: unknown, property: Property): Value | undefined {
  if (value === null || value === undefined) return undefined;
  switch (property.type) {
    case "instant":
      return typeof value === "string" ? parseInstant(value) ?? undefined : undefined;
    case "strings":
      return Array.isArray(value) ? value.filter((element) => typeof element === "string") : undefined;
    case "objects":
      return Array.isArray(value)
        ? value.map((element) => extractFields(element, property.elements ?? {}))
        : undefined;
    case "string":
      return typeof value === "string" ? value : undefined;
    case "number":
      return typeof value === "number" ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
  }
}
