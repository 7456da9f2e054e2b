import { gzipped, streamOf } from "./body.ts";
import { graphHeaders } from "./graphErrors.ts";
import { actionOf, type Call, type World } from "./world.ts";

/** The records, each told of as it is taken. */
export function* numberedRecords(
  records: readonly Uint8Array[],
  tenantId: string,
  collection: string,
  world: World,
): Generator<Uint8Array> {
  for (const bytes of records) {
    world.served.number++;
    world.options.onServed?.({ number: world.served.number, tenantId, collection, bytes });
    yield bytes;
  }
}

/** The answer that has these blocks for its body, compressed where that is wanted. */
export function served(
  blocks: Generator<Uint8Array>,
  request: Request,
  call: Call,
  world: World,
): Response {
  const headers = {
    ...graphHeaders(call, world.clock),
    "content-type":
      "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    "odata-version": "4.0",
  };
  if (!wantsGzip(request, call, world)) return new Response(streamOf(blocks), { headers });
  return new Response(streamOf(gzipped(blocks)), { headers: { ...headers, "content-encoding": "gzip" } });
}

function wantsGzip(request: Request, call: Call, world: World): boolean {
  if (actionOf(call, "truncateGzip") !== undefined) return true;
  const accepted = /(^|,)\s*gzip\s*(;\s*q=(1|0?\.\d*[1-9]))?/i.test(
    request.headers.get("accept-encoding") ?? "",
  );
  return world.options.gzip ?? accepted;
}
