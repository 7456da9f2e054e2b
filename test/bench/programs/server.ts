/** A Graph that only serves: tokens, and pages that were compressed before anybody asked. */
import type { Buffer } from "node:buffer";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { gzipSync } from "node:zlib";
import type { Content } from "../graphServer.ts";
import { createRecordMaker } from "./records.ts";

const content = JSON.parse(process.argv[2] ?? "") as Content;
const { pages, groups, perPage, shape, recordBytes, fromMs, groupMs, lazy } = content;
// The emulator is asked for records only where there are any.
const makeRecord = pages > 0 ? createRecordMaker(shape, recordBytes) : () => "";
const perGroup = pages / groups;
const stepMs = Math.floor((groupMs - 60_000) / perGroup);
const ready = lazy ? [] : Array.from({ length: pages }, (_, page) => compressed(page));
let origin = "";

/** Newest first in the page, as Graph has them. */
function compressed(page: number): Buffer {
  const startMs = fromMs + Math.floor(page / perGroup) * groupMs + (page % perGroup) * stepMs;
  const records = Array.from(
    { length: perPage },
    (_, n) => makeRecord(page * perPage + n, startMs + Math.floor((perPage - n) * stepMs / perPage)),
  );
  const next = hasNext(page) ? `"@odata.nextLink":"${linkTo(page + 1)}",` : "";
  return gzipSync(
    `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns",${next}"value":[${
      records.join(",")
    }]}`,
    { level: lazy ? 1 : 6 },
  );
}

function hasNext(page: number): boolean {
  return page + 1 < pages && (page + 1) % perGroup !== 0;
}

// Written into pages before the port is known, so by a name that every page has in equal length.
function linkTo(page: number): string {
  return `http://127.0.0.1:${content.port}/v1.0/auditLogs/signIns?$skiptoken=${page}`;
}

/** The first page of the group that a filter covers; none for a filter that covers no group's start. */
function firstPage(url: URL): number | null {
  const token = url.searchParams.get("$skiptoken");
  if (token !== null) return Number(token);
  const filter = /ge (\S+) and \S+ le (\S+)/.exec(url.searchParams.get("$filter") ?? "");
  if (filter === null) return pages > 0 ? 0 : null;
  const [from, to] = [Date.parse(filter[1] ?? ""), Date.parse(filter[2] ?? "")];
  for (let group = 0; group < groups && pages > 0; group++) {
    const startMs = fromMs + group * groupMs;
    if (startMs >= from && startMs < to) return group * perGroup;
  }
  return null;
}

function sendPage(response: ServerResponse, page: number | null): void {
  const body = page === null ? gzipSync('{"value":[]}') : ready[page] ?? compressed(page);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-encoding": "gzip",
    "transfer-encoding": "chunked",
    ...(page !== null && hasNext(page) ? { "x-next": linkTo(page + 1) } : {}),
  });
  response.end(body);
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", origin);
  if (request.method === "GET") return sendPage(response, firstPage(url));
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token_type: "Bearer", expires_in: 3599, access_token: "token" }));
  });
});
server.listen(content.port, "127.0.0.1", () => {
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(`${origin}\n`);
});
// Ends with the benchmark.
process.stdin.on("end", () => process.exit(0)).resume();
