import {
  addSeconds,
  ceilSecond,
  floorSecond,
  formatInstant,
  type Instant,
  type Window,
} from "../../instant.ts";
import type { Plugin } from "../../plugin/plugin.ts";

/**
 * The URL of a window's first page; a snapshot has neither bound, or a lower one only. Bounds are whole seconds, floored
 * and ceiled, since Graph documents no other precision for literals: both ends are always within, and so is what lies
 * outside by less than a second. Whatever another window brings as well has its key in the seen set.
 */
export function firstPageUrl(
  graphUrl: string,
  plugin: Plugin,
  window: Window<Instant | null>,
  additionalFilter: string | null,
): string {
  const clauses = [
    ...windowClauses(plugin, window),
    plugin.filter,
    additionalFilter === null ? undefined : `(${additionalFilter})`,
  ]
    .filter((clause) => clause !== undefined);
  const options = [
    clauses.length === 0 ? null : `$filter=${encodeURIComponent(clauses.join(" and "))}`,
    plugin.page.orderBy === undefined ? null : `$orderby=${encodeURIComponent(`${plugin.page.orderBy} asc`)}`,
    (plugin.page.by ?? "top") === "top" ? `$top=${plugin.page.size}` : null,
  ].filter((option) => option !== null);
  return `${graphUrl}${plugin.path}${options.length === 0 ? "" : `?${options.join("&")}`}`;
}

function windowClauses({ cursor }: Plugin, { from, to }: Window<Instant | null>): string[] {
  if (cursor.field === undefined) return [];
  const { from: lower, to: upper } = "from" in cursor ? cursor : { from: "ge", to: "le" };
  const clauses: string[] = [];
  // An exclusive operator at a whole second would lose that second: its bound moves out by one.
  if (from !== null) {
    clauses.push(
      `${cursor.field} ${lower} ${formatInstant(addSeconds(floorSecond(from), lower === "gt" ? -1 : 0))}`,
    );
  }
  if (to !== null) {
    clauses.push(
      `${cursor.field} ${upper} ${formatInstant(addSeconds(ceilSecond(to), upper === "lt" ? 1 : 0))}`,
    );
  }
  return clauses;
}
