/** A Graph that holds nothing: what a query finds follows from the query, so that only the program's memory grows. */
import type { Clock } from "../../src/clock.ts";
import { formatInstant, fromMillis, parseInstant } from "../../src/instant.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";

/** How long each answer takes. */
const LATENCY_MS = 300;
/** Records of a collection without times. */
const SNAPSHOT_RECORDS = 5;

/** Which records there are: number `n` of every collection has the time `n` × `everyMs`, for all `n` from `first`. */
export interface EndlessRecords {
  readonly first: number;
  readonly everyMs: number;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** A transport to it, for every tenant and every token. */
export function endlessGraph({ first, everyMs }: EndlessRecords, clock: Clock): Transport {
  return async (request) => {
    await clock.sleep(LATENCY_MS, request.signal);
    if (request.method === "POST") {
      return answer('{"token_type":"Bearer","expires_in":3599,"access_token":"a-token"}', clock);
    }
    return answer(`{"value":[${recordsOf(request, clock.now()).join(",")}]}`, clock);
  };

  function recordsOf({ url }: HttpRequest, now: number): string[] {
    const filter = new URL(url).searchParams.get("$filter") ?? "";
    const bounds = [...filter.matchAll(/(\w+) [gl][et] (\d\S+)/g)];
    const [from, to] = bounds.map(([, , text]) => parseInstant(text!)!.seconds * 1000);
    if (from === undefined || to === undefined) {
      return Array.from({ length: SNAPSHOT_RECORDS }, (_, n) => `{"id":"${n}"}`);
    }
    const field = bounds[0]![1]!;
    const records: string[] = [];
    // Newest first, as Graph serves sign-ins and audits; those in the open future are not there yet.
    for (let n = Math.floor(Math.min(to, now) / everyMs); n >= first && n * everyMs >= from; n--) {
      records.push(`{"id":"${n}","${field}":"${formatInstant(fromMillis(n * everyMs))}"}`);
    }
    // Where a collection has an order, it is asked for, oldest first.
    return url.includes("$orderby") ? records.reverse() : records;
  }
}

function answer(body: string, clock: Clock): HttpResponse {
  return {
    status: 200,
    header: (name) => name === "date" ? new Date(clock.now()).toUTCString() : null,
    body: (async function* () {
      yield bytes(body);
    })(),
  };
}
