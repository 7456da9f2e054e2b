import type { Instant } from "../../instant.ts";
import type { Collection } from "../collections.ts";
import { checkFilter } from "./check.ts";
import { type Expression, QueryError } from "./expression.ts";
import { parseFilter } from "./parse.ts";

/** A request's query options, judged by what the collection documents. */
export interface Query {
  readonly filter: Expression | null;
  /** Records on a page. */
  readonly top: number;
  /** Offset, when the request carries `$skip`. */
  readonly skip: number;
  /** `$skiptoken` as sent; `null` when there is none. */
  readonly skipToken: string | null;
  readonly order: readonly { readonly path: string; readonly descending: boolean }[];
  readonly count: boolean;
  readonly select: readonly string[] | null;
}

const OPTIONS = ["$filter", "$top", "$skip", "$skiptoken", "$orderby", "$count", "$select"];

/**
 * Reads the query options of a request. Options without `$` are ignored, as Graph does: a clause appended with `&`
 * instead of ` and ` is silently lost.
 *
 * @param size records on a page when the request names no `$top`; never more than the collection's most
 * @throws QueryError
 */
export function readQuery(
  params: URLSearchParams,
  collection: Collection,
  size: number,
  now: Instant,
): Query {
  for (const name of new Set(params.keys())) {
    if (!name.startsWith("$")) continue;
    if (!OPTIONS.includes(name)) throw refused(name);
    if (params.getAll(name).length > 1) {
      throw new QueryError(
        `Query option '${name}' was specified more than once, but it must be specified at most once.`,
        name,
      );
    }
  }
  const filterText = params.get("$filter");
  const filter = filterText === null ? null : parseFilter(filterText);
  if (filter !== null) {
    checkFilter(filter, { properties: collection.properties, days: collection.filterDays, now });
  }
  return {
    filter,
    top: readTop(params.get("$top"), collection, size),
    skip: readSkip(params.get("$skip"), collection),
    skipToken: params.get("$skiptoken"),
    order: readOrder(params.get("$orderby"), collection),
    count: readFlag("$count", params.get("$count"), collection.count),
    select: readSelect(params.get("$select"), collection),
  };
}

function readTop(text: string | null, collection: Collection, size: number): number {
  if (text === null) return Math.min(size, collection.page.max);
  if (collection.sizedBy !== "top") {
    throw new QueryError(
      "This resource does not support custom page sizes. Please retry without a page size argument.",
      "$top is not documented for this collection",
    );
  }
  const top = wholeNumber("$top", text);
  if (top < 1) throw invalid("$top", text);
  if (top <= collection.page.max) return top;
  if (collection.page.over === "clamp") return collection.page.max;
  throw new QueryError(
    `The limit of '${collection.page.max}' for Top query has been exceeded. The value from the incoming request is '${top}'.`,
    "$top is above the maximum",
  );
}

function readSkip(text: string | null, collection: Collection): number {
  if (text === null) return 0;
  if (collection.maxSkip === null) throw refused("$skip");
  const skip = wholeNumber("$skip", text);
  if (skip <= collection.maxSkip) return skip;
  throw new QueryError(
    `The limit of '${collection.maxSkip}' for Skip query has been exceeded. The value from the incoming request is '${skip}'.`,
    "$skip is above the maximum",
  );
}

function readOrder(text: string | null, collection: Collection): Query["order"] {
  if (text === null) return [];
  if (collection.sortable.length === 0) throw refused("$orderby");
  return text.split(",").map((part) => {
    const [path = "", direction = "asc", ...rest] = part.trim().split(/\s+/);
    if (!collection.sortable.includes(path) || !["asc", "desc"].includes(direction) || rest.length > 0) {
      throw invalid("$orderby", part.trim());
    }
    return { path, descending: direction === "desc" };
  });
}

function readFlag(name: string, text: string | null, allowed: boolean): boolean {
  if (text === null) return false;
  if (!allowed) throw refused(name);
  if (text !== "true" && text !== "false") throw invalid(name, text);
  return text === "true";
}

function readSelect(text: string | null, collection: Collection): readonly string[] | null {
  if (text === null) return null;
  if (!collection.select) throw refused("$select");
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !/^\w+$/.test(name));
  if (wrong !== undefined) throw invalid("$select", wrong);
  return names;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalid(name, text);
  return Number(text);
}

function invalid(name: string, text: string): QueryError {
  return new QueryError(`Invalid value '${text}' for ${name} query option found.`, `${name} cannot be read`);
}

function refused(name: string): QueryError {
  const label = name.charAt(1).toUpperCase() + name.slice(2);
  return new QueryError(
    `Query option '${label}' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings.`,
    `${name} is not documented for this collection`,
  );
}
