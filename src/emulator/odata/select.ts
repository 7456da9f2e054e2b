import type { Collection } from "../collections.ts";
import { type Expression, names } from "./expression.ts";
import { matches, orderOf, type Value } from "./evaluate.ts";
import { parseFilter } from "./parse.ts";
import type { Query } from "./query.ts";
import type { Row } from "../store.ts";

/** The rows that a query names, in the order in which Graph would serve them. */
export function selectRows(rows: readonly Row[], collection: Collection, query: Query): Row[] {
  const filter = effectiveFilter(collection, query.filter);
  const chosen = filter === null ? [...rows] : rows.filter((row) => matches(filter, row.fields));
  return sortRows(chosen, collection, query);
}

/** The filter with what the collection means by every filter that does not speak of it. */
function effectiveFilter({ implied }: Collection, filter: Expression | null): Expression | null {
  if (implied === undefined || (filter !== null && names(filter, implied.property))) return filter;
  const meant = parseFilter(implied.filter);
  return filter === null ? meant : { kind: "and", left: filter, right: meant };
}

/** Ties keep the order of arrival, turned round when the collection shows the newest first. */
function sortRows(rows: Row[], collection: Collection, query: Query): Row[] {
  const asked = collection.orderFixed ? [] : query.order;
  const keys = asked.length > 0
    ? asked
    : collection.order === null
    ? []
    : [{ path: collection.order.by, descending: collection.order.descending }];
  const coarse = collection.order?.coarse ?? false;
  const latestFirst = keys[0]?.descending ?? false;
  return rows.sort((a, b) => {
    for (const { path, descending } of keys) {
      const order = orderOf(sortValue(a, path, coarse), sortValue(b, path, coarse)) || 0;
      if (order !== 0) return descending ? -order : order;
    }
    return latestFirst ? b.arrival - a.arrival : a.arrival - b.arrival;
  });
}

function sortValue(row: Row, path: string, coarse: boolean): Value {
  const value = row.fields.get(path) ?? null;
  if (!coarse || typeof value !== "object" || value === null || !("seconds" in value)) return value;
  return Math.floor(value.seconds / 60);
}
