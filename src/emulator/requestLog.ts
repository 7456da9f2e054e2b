import type { Collections } from "./collections.ts";

/** One request as the emulator saw it. It holds no token and no secret. */
export interface RequestLogEntry {
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly at: number;
  /** Such as GET. */
  readonly method: string;
  /** Below the origin, without the query. */
  readonly path: string;
  /** A name, `token` for Entra's token endpoint and the host's own, `null` for a path that is neither. */
  readonly collection: string | null;
  /** 0 until it was answered. */
  readonly status: number;
  /** Why a query was refused, in the emulator's own words: Graph does not say. */
  readonly reason: string | null;
  /** What it asks by: its `$filter`, or the body of a POST to Graph. */
  readonly filter: string | null;
  /** `$top`, as it came. */
  readonly top: string | null;
  /** 0 for the first page of a paging, `null` when no page was served. */
  readonly page: number | null;
  /** Records that the page held. */
  readonly records: number;
  /** Names the token without showing it; `null` when there was none, or an unknown one. */
  readonly tokenId: string | null;
  /** Whose token it was. */
  readonly tenantId: string | null;
  /** The headers that a well-behaved client sends, `null` where it did not. */
  readonly headers: Readonly<Record<LoggedHeader, string | null>>;
}

/** Request headers worth looking at. */
export type LoggedHeader = "prefer" | "client-request-id" | "accept-encoding" | "user-agent";

/** An entry while its request is being answered. */
export type MutableEntry = { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] };

/** The latest requests. */
export interface RequestLog {
  readonly entries: readonly RequestLogEntry[];
  /** @param body of a POST to Graph */
  begin(request: Request, at: number, body: string): MutableEntry;
}

/** A log of the latest `limit` requests. */
export function createRequestLog(collections: Collections, limit = 10_000): RequestLog {
  const entries: MutableEntry[] = [];
  return {
    entries,
    begin(request, at, body) {
      const entry = newEntry(request, collections, at, body);
      entries.push(entry);
      if (entries.length > limit) entries.shift();
      return entry;
    },
  };
}

/** Who gives tokens: Entra, the metadata service or Azure Arc, App Service. */
const TOKENS = /\/(oauth2\/v2\.0\/token|identity\/oauth2\/token|msi\/token)$/;

function newEntry(request: Request, collections: Collections, at: number, body: string): MutableEntry {
  const url = new URL(request.url);
  const header = (name: LoggedHeader) => request.headers.get(name);
  return {
    at,
    method: request.method,
    path: url.pathname,
    collection: TOKENS.test(url.pathname) ? "token" : collections.at(url.pathname, body)?.name ?? null,
    status: 0,
    reason: null,
    filter: url.searchParams.get("$filter") ?? (body || null),
    top: url.searchParams.get("$top"),
    page: null,
    records: 0,
    tokenId: null,
    tenantId: null,
    headers: {
      prefer: header("prefer"),
      "client-request-id": header("client-request-id"),
      "accept-encoding": header("accept-encoding"),
      "user-agent": header("user-agent"),
    },
  };
}
