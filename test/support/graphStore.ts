import type { HttpRequest, HttpResponse } from "../../src/graph/transport.ts";
import { parseInstant } from "../../src/instant.ts";
import type { Arrivals } from "./lateness.ts";

/** How the store answers for one collection. */
export interface StoreOptions {
  /** Property with the time that is filtered by. */
  readonly field: string;
  /** What its page links hold: the place of the last row, or how many rows came before, as security's do. */
  readonly links: "skiptoken" | "skip";
  readonly now: () => number;
}

/** A collection of Graph with millions of records, which the emulator is too thorough for: sorted columns, no faults. */
export interface GraphStore {
  /** Versions of records that it ever holds. */
  readonly size: number;
  /** The record of a row, and its time as it is written. */
  recordOf(row: number): { readonly id: string; readonly time: string };
  /** Whether a row stays as it is to the end. */
  isLast(row: number): boolean;
  /**
   * Answers a window's first page or a page link: newest first, only what is visible by now.
   *
   * @throws Error for a query that it does not know
   */
  answer(request: HttpRequest): HttpResponse;
}

export function createGraphStore(arrivals: Arrivals, { field, links, now }: StoreOptions): GraphStore {
  const order = Uint32Array.from(arrivals.seconds.keys())
    .sort((a, b) => arrivals.seconds[a]! - arrivals.seconds[b]! || a - b);
  const seconds = Uint32Array.from(order, (row) => arrivals.seconds[row]!);

  /** The first place whose time is not before `second`. */
  function placeOf(second: number): number {
    let [low, high] = [0, seconds.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (seconds[middle]! < second) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  function recordOf(row: number) {
    const time = new Date(arrivals.seconds[row]! * 1000).toISOString();
    return { id: `r${arrivals.record[row]}`, time: `${time.slice(0, 19)}Z` };
  }
  function page(url: URL, nowMs: number): string {
    const query = url.searchParams;
    const range = new RegExp(`^${field} ge (\\S+) and ${field} le (\\S+)$`).exec(query.get("$filter") ?? "");
    const top = Number(query.get("$top"));
    if (range === null || top < 1) throw new Error(`the store does not know the query ${url.search}`);
    const lowest = placeOf(parseInstant(range[1]!)!.seconds);
    const token = query.get("$skiptoken");
    let skipped = Number(query.get("$skip") ?? 0);
    const rows: string[] = [];
    let at = (token === null ? placeOf(parseInstant(range[2]!)!.seconds + 1) : Number(token)) - 1;
    for (; at >= lowest && rows.length < top; at--) {
      const row = order[at]!;
      if (arrivals.visibleMs[row]! > nowMs || arrivals.hiddenMs[row]! <= nowMs) continue;
      if (skipped-- > 0) continue;
      const { id, time } = recordOf(row);
      rows.push(`{"id":"${id}","${field}":"${time}","userPrincipalName":"someone@contoso.example"}`);
    }
    const value = `"value":[${rows.join(",")}]`;
    if (rows.length < top) return `{${value}}`;
    const [name, place] = links === "skip"
      ? ["$skip", Number(query.get("$skip") ?? 0) + top]
      : ["$skiptoken", at + 1];
    query.set(name, String(place));
    return `{"@odata.nextLink":${JSON.stringify(url.href)},${value}}`;
  }
  return {
    size: order.length,
    recordOf,
    isLast: (row) => arrivals.hiddenMs[row] === Infinity,
    answer({ url }) {
      const nowMs = now();
      const body = new TextEncoder().encode(page(new URL(url), nowMs));
      const date = new Date(nowMs).toUTCString();
      return {
        status: 200,
        header: (name) => name === "date" ? date : null,
        body: (async function* () {
          yield await Promise.resolve(body);
        })(),
      };
    },
  };
}
