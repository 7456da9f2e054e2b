/** What stands where Graph should: nothing, another server, or one that does not keep to HTTP. */
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { Readable } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { createHttp } from "../../src/graph/http.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAllOnce, fillAudits, tallied } from "../support/audits.ts";
import { createAuthority } from "../support/certificates.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const MIB = 1024 * 1024;
const record = faultTable();
let rig: Rig;
afterEach(() => rig.close());

/** Listens while the test runs; the origin. */
async function listening(server: Server, scheme = "http"): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `${scheme}://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** A server that says `answer` to whoever sends anything. */
function answering(answer: (socket: Socket) => void): Promise<string> {
  return listening(createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => answer(socket));
  }));
}

const head = (...headers: string[]) =>
  ["HTTP/1.1 200 OK", "Content-Type: application/json", "Connection: close", ...headers, "", ""].join("\r\n");

/** So many blocks, each made when the one before has gone. */
function endless(block: Uint8Array, count: number): Readable {
  return Readable.from((function* () {
    for (let i = 0; i < count; i++) yield block;
  })());
}

const SPACES = Buffer.alloc(8 * MIB, " ");

const FAULTS: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
  [
    "connection refused",
    async () => {
      const server = createServer();
      const origin = await listening(server);
      await new Promise((resolve) => server.close(resolve));
      return origin;
    },
    /the connection was refused \(ECONNREFUSED\)/,
  ],
  // Longer than a label may be: the resolver refuses it without asking anybody.
  [
    "DNS failure",
    () => Promise.resolve(`http://${"a".repeat(64)}.invalid`),
    /the host name cannot be resolved/,
  ],
  [
    "TLS that does not verify",
    () => {
      const { key, cert } = createAuthority("nobody trusts it").issue("127.0.0.1");
      const server = createTlsServer({ key, cert }, (socket) => void socket.on("error", () => {}));
      server.on("tlsClientError", () => {});
      return listening(server, "https");
    },
    /its TLS certificate cannot be verified/,
  ],
  [
    "Content-Length that is too long",
    () => answering((socket) => socket.end(`${head("Content-Length: 500")}{"value":[]}`)),
    /the other side closed the connection|the body is shorter than announced/,
  ],
  [
    "Content-Length that is too short",
    () => answering((socket) => socket.end(`${head("Content-Length: 20")}{"value":[{"id":"x","n":1}]}`)),
    /response is cut short|UND_ERR|HPE/,
  ],
  [
    "an answer that is not HTTP",
    () => answering((socket) => socket.end("220 mail.example.net ESMTP\r\n")),
    /the exchange failed \(HPE_INVALID_CONSTANT\)|Cannot read from/,
  ],
  [
    "a body of 10 GB",
    () =>
      answering((socket) => {
        socket.write(`${head()}{"value":[`);
        endless(SPACES, 10 * 1024 / 8).pipe(socket);
      }),
    /response is longer than 536870912 bytes/,
  ],
  [
    "a gzip bomb of 10 GB",
    () =>
      answering((socket) => {
        socket.write(head("Content-Encoding: gzip"));
        socket.write(gzipSync('{"value":['));
        endless(gzipSync(SPACES), 10 * 1024 / 8).pipe(socket);
      }),
    /response is longer than 536870912 bytes/,
  ],
];

describe("where Graph should be, for one page", () => {
  it.each(FAULTS)("%s", async (name, place, said) => {
    const http = createHttp();
    onTestFinished(() => http.close());
    const origin = await place();
    let gets = 0;
    rig = openRig({
      unevenPages: false,
      between: (request, pass) =>
        request.method === "GET" && ++gets === 3
          ? http.transport({ ...request, url: `${origin}/v1.0/auditLogs/directoryAudits` })
          : pass(request),
    });
    fillAudits(rig, 100);
    const before = process.memoryUsage.rss();
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error, rig.log.join("")).toBeNull();
    expect(firstTrouble(rig.log)).toMatch(said);
    expect(process.memoryUsage.rss() - before, "bytes of memory more").toBeLessThan(256 * MIB);
    expectAllOnce(rig);
    record({ fault: `Graph: ${name}`, ...tallied(rig), said: firstTrouble(rig.log) });
  });
});
