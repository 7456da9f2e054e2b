import type { Collection } from "./collections.ts";
import { type Expression, names } from "./odata/expression.ts";
import { matches, orderOf, type Value } from "./odata/evaluate.ts";
import type { Query } from "./odata/query.ts";
import type { Row } from "./store.ts";

/** The rows that a query names, in the order in which Graph would serve them. */
export function selectRows(rows: readonly Row[], collection: Collection, query: Query): Row[] {
  const filter = effectiveFilter(collection, query.filter);
  const chosen = filter === null ? [...rows] : rows.filter((row) => matches(filter, row.fields));
  return sortRows(chosen, collection, query);
}

/** beta signin-list: only interactive sign-ins, unless the filter speaks of event types. */
function effectiveFilter(collection: Collection, filter: Expression | null): Expression | null {
  if (collection.name !== "signIns_beta") return filter;
  const path = "signInEventTypes";
  if (filter !== null && names(filter, path)) return filter;
  const interactive: Expression = {
    kind: "any",
    path,
    variable: "t",
    inner: {
      kind: "test",
      path: "t",
      operator: "eq",
      literal: { type: "string", value: "interactiveUser" },
    },
  };
  return filter === null ? interactive : { kind: "and", left: filter, right: interactive };
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
