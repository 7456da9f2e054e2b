import { ceilSecond, floorSecond, formatInstant, type Window } from "../../instant.ts";
import type { QueryCursor } from "../../plugin/plugin.ts";

/**
 * The query of a window in KQL. All of it is made here of what the plugin's schema let through; nothing that a
 * configuration says goes in. Bounds are whole seconds, and `between` includes both.
 *
 * @param rows the most that are wanted: Graph gives 100,000 at most, and does not say that it left some out
 */
export function kqlOf(
  { table, field, operators = [] }: QueryCursor,
  { from, to }: Window,
  rows: number,
): string {
  const bounds = [floorSecond(from), ceilSecond(to)].map((bound) => `datetime(${formatInstant(bound)})`);
  return [
    table,
    `where ${field} between (${bounds.join(" .. ")})`,
    ...operators,
    `limit ${rows}`,
  ].join("\n| ");
}
