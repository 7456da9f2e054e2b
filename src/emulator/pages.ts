import type { Collection } from "./collections.ts";
import { QueryError } from "./odata/expression.ts";
import type { Query } from "./odata/query.ts";
import type { Random } from "./random.ts";
import { selectRows } from "./odata/select.ts";
import type { Bookmark, SkipTokens } from "./skipTokens.ts";
import type { Row, Store } from "./store.ts";

/** One page of a result. */
export interface Page {
  readonly rows: readonly Row[];
  readonly nextLink: string | null;
  /** `@odata.count`, where it was asked for. */
  readonly count: number | null;
  /** 0 for the first page of a paging. */
  readonly index: number;
  /** The request that began the paging, when that is known. */
  readonly firstUrl: string;
  /** Whether it is never served. */
  readonly isDead?: boolean;
}

/** What a page is made from. */
export interface PageRequest {
  readonly url: URL;
  readonly tenantId: string;
  readonly collection: Collection;
  readonly query: Query;
  /** Most records to serve, less than `$top`; 0 gives an empty page with a link. */
  readonly limit?: number;
}

/** What pages are made with. */
export interface PageContext {
  readonly store: Store;
  readonly tokens: SkipTokens;
  readonly random: Random;
  readonly uneven: boolean;
  /** Offset at which `$skip` paging ends without a link. */
  readonly ceiling: (collection: Collection) => number;
}

/**
 * Serves one page. `$skiptoken` pages come from a result frozen at its first page; `$skip` pages from what matches
 * now, so that they shift when records arrive or change, as on Graph.
 *
 * @throws QueryError when the token is not known
 */
export function servePage(request: PageRequest, context: PageContext): Page {
  const { query } = request;
  if (query.skipToken !== null) return frozenPage(knownBookmark(request, context), request, context);
  const rows = selectRows(
    context.store.rows(request.tenantId, request.collection),
    request.collection,
    query,
  );
  if (request.collection.links === "skip") return shiftingPage(rows, request, context);
  return frozenPage(startOf(rows, request), request, context);
}

function startOf(
  rows: readonly Row[],
  { url, tenantId, collection, query }: PageRequest,
  offset = 0,
): Bookmark {
  const page = Math.floor(offset / query.top);
  return { tenantId, collection: collection.name, rows, offset, top: query.top, page, firstUrl: url.href };
}

function knownBookmark({ query, tenantId, collection }: PageRequest, { tokens }: PageContext): Bookmark {
  const token = query.skipToken ?? "";
  const bookmark = tokens.find(token);
  if (bookmark?.tenantId === tenantId && bookmark.collection === collection.name) return bookmark;
  throw new QueryError(
    token === ""
      ? "Invalid Skip Token, skip token is null"
      : "Invalid Skip Token. Token not found: token is either invalid or expired",
    "$skiptoken is not known, or expired",
  );
}

function frozenPage(bookmark: Bookmark, request: PageRequest, context: PageContext): Page {
  const { rows, offset, top, page, firstUrl } = bookmark;
  const size = pageSize(rows.length - offset, top, request, context);
  const next = offset + size;
  // Now and then Graph links to a last page that turns out to hold nothing.
  const { deadLinks } = request.collection;
  const trailing = size > 0 && context.uneven && (deadLinks || context.random.chance(1 / 24));
  const nextLink = next < rows.length || request.limit === 0 || trailing
    ? linkWith(request.url, "$skiptoken", context.tokens.issue({ ...bookmark, offset: next, page: page + 1 }))
    : null;
  return {
    rows: rows.slice(offset, next),
    nextLink,
    count: request.query.count ? rows.length : null,
    index: page,
    firstUrl,
    isDead: deadLinks && offset > 0 && offset >= rows.length && page % 2 === 1,
  };
}

function shiftingPage(rows: readonly Row[], request: PageRequest, context: PageContext): Page {
  const { query, url, collection } = request;
  const offset = Math.min(query.skip, rows.length);
  const left = rows.length - offset;
  // An empty page would link to itself: its offset is that of the next one.
  const least = request.limit === undefined ? Math.min(left, 1) : 0;
  const size = Math.max(pageSize(left, query.top, request, context), least);
  const next = offset + size;
  const more = (next < rows.length || request.limit === 0) && next < context.ceiling(collection);
  return {
    rows: rows.slice(offset, next),
    nextLink: more ? shiftingLink(rows, next, request, context) : null,
    count: query.count ? rows.length : null,
    index: Math.floor(query.skip / query.top),
    firstUrl: linkWith(url, "$skip", null),
  };
}

/** A `$skip` that the collection would refuse is replaced by a token: Graph does not refuse its own links. */
function shiftingLink(
  rows: readonly Row[],
  next: number,
  request: PageRequest,
  context: PageContext,
): string {
  if (next <= (request.collection.maxSkip ?? 0)) return linkWith(request.url, "$skip", String(next));
  const start = startOf(rows, request, next);
  return linkWith(request.url, "$skiptoken", context.tokens.issue(start));
}

/** Mostly as many as fit; seldom fewer, or none although more follow. */
function pageSize(remaining: number, top: number, request: PageRequest, context: PageContext): number {
  const size = Math.min(remaining, top, request.limit ?? top);
  if (!context.uneven || request.limit !== undefined || size === 0) return size;
  if (context.random.chance(1 / 40)) return 0;
  return size > 1 && context.random.chance(1 / 16) ? context.random.int(1, size - 1) : size;
}

/** The request's own URL with `$skip` or `$skiptoken` replaced; everything else stays as it was sent. */
function linkWith(url: URL, name: "$skip" | "$skiptoken", value: string | null): string {
  const kept = url.search.slice(1).split("&").filter((part) =>
    part !== "" && !/^(\$|%24)skip(token)?=/i.test(part)
  );
  const added = value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
  const search = [...kept, ...added].join("&");
  return `${url.origin}${url.pathname}${search === "" ? "" : `?${search}`}`;
}
