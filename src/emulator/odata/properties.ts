import type { FilterOperator, FilterType, Plugin } from "../../plugin/plugin.ts";

/** One filterable property. `strings` and `objects` are arrays, reached by `any`. */
export interface Property {
  readonly type: FilterType | "objects";
  readonly operators: readonly FilterOperator[];
  /** Properties of the elements, when `type` is `objects`. */
  readonly elements?: PropertyTable;
}

/** Filterable properties by path, nested ones with `/`. Anything else is an invalid filter clause. */
export type PropertyTable = Readonly<Record<string, Property>>;

/** What a filter on the plugin's collection may name: what `filters` says, and the cursor's own field and operators. */
export function propertiesOf(plugin: Plugin): PropertyTable {
  const table: Record<string, Property> = { ...cursorProperty(plugin) };
  for (const { type = "string", operators, properties, within } of plugin.filters ?? []) {
    const named = Object.fromEntries(properties.map((path) => [path, { type, operators }]));
    if (within === undefined) Object.assign(table, named);
    else {table[within] = {
        type: "objects",
        operators: [],
        elements: { ...table[within]?.elements, ...named },
      };}
  }
  return table;
}

function cursorProperty({ cursor }: Plugin): PropertyTable {
  if (cursor.field === undefined) return {};
  const operators: FilterOperator[] = "from" in cursor ? [cursor.from, cursor.to] : ["ge", "le"];
  return { [cursor.field]: { type: "instant", operators } };
}
