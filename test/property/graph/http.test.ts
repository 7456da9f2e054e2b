import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHttp } from "../../../src/graph/http.ts";
import { readText } from "../../../src/graph/transport.ts";

it("hundreds of requests at once share some dozens of connections, and all are answered", async () => {
  const held: ServerResponse[] = [];
  let connections = 0;
  const server = createServer((_, response) => {
    held.push(response);
    // Nobody is answered before it is clear how many are asking at once.
    setTimeout(() => held.splice(0).forEach((one) => one.end("done")), 40);
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const http = createHttp();
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const texts = await Promise.all(Array.from({ length: 300 }, async () => {
    const { body } = await http.transport({ method: "GET", url, headers: {} });
    let text = "";
    for await (const chunk of body) text += new TextDecoder().decode(chunk);
    return text;
  }));
  expect(texts).toEqual(Array.from({ length: 300 }, () => "done"));
  expect(connections).toBeLessThanOrEqual(64);
});

/** A server that sends these pieces, one after the other, whenever a request has come; and a way to ask it. */
async function answering(...pieces: readonly (string | Uint8Array)[]) {
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true).on("error", () => {});
    socket.on("data", async () => {
      for (const piece of pieces) {
        socket.write(piece);
        for (let turn = 0; turn < 3; turn++) await setImmediate();
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let connections = 0;
  server.on("connection", () => connections++);
  const http = createHttp();
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    ask: () => http.transport({ method: "GET", url, headers: {} }),
    connections: () => connections,
  };
}

/** An answer as it travels. */
function answer(body: string | Uint8Array, ...headers: string[]): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = ["HTTP/1.1 200 OK", `Content-Length: ${bytes.length}`, ...headers, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

describe("a body", () => {
  it.each(["gzip", "GZIP", "GZip", "x-gzip", "X-GZip"])(
    "of the encoding %s is inflated",
    async (encoding) => {
      const { ask } = await answering(answer(gzipSync("a page"), `Content-Encoding: ${encoding}`));
      expect(await readText(await ask(), 100)).toBe("a page");
    },
  );

  it.each([[], ["Content-Encoding: identity"], ["Content-Encoding: "]])(
    "without one (%j) stays as it is",
    async (...headers) => {
      const { ask } = await answering(answer("a page", ...headers));
      expect(await readText(await ask(), 100)).toBe("a page");
    },
  );

  it.each([
    ["br", brotliCompressSync("a page"), '"br"'],
    ["Deflate", deflateSync("a page"), '"deflate"'],
    ["zstd", "a page", '"zstd"'],
    ["gzip, br", brotliCompressSync(gzipSync("a page")), '"gzip, br"'],
    ["x\u0081y", "a page", "not known"],
  ])("of the encoding %s is told by that name", async (encoding, body, said) => {
    const { ask } = await answering(answer(body, `Content-Encoding: ${encoding}`));
    const response = await ask();
    expect(response.status).toBe(200);
    await expect(readText(response, 100)).rejects.toMatchObject({
      code: "page-invalid",
      message: expect.stringContaining(`the content encoding is ${said}, expected gzip or none`),
    });
  });
});

describe("the headers of an answer", () => {
  it("may have 60 KiB", async () => {
    const { ask } = await answering(
      answer("a page", ...Array.from({ length: 60 }, (_, n) => `X-${n}: ${"x".repeat(1000)}`)),
    );
    const response = await ask();
    expect(response.header("x-59")).toHaveLength(1000);
    expect(await readText(response, 100)).toBe("a page");
  });

  it("that are longer than 64 KiB are told as such", async () => {
    const { ask } = await answering(
      answer("a page", ...Array.from({ length: 70 }, (_, n) => `X-${n}: ${"x".repeat(1000)}`)),
    );
    await expect(ask()).rejects.toMatchObject({
      code: "graph-unreachable",
      message: expect.stringContaining("the headers of its answer are longer than 64 KiB"),
    });
  });

  it("are all there, where a list came in several; of the others the first is", async () => {
    const { ask } = await answering(answer(
      "a page",
      'Warning: 199 - "Vendor/One/504/10"',
      'Warning: 199 - "Vendor/Two/503/20"',
      'WWW-Authenticate: Bearer realm=""',
      'WWW-Authenticate: PoP claims="x"',
      "Retry-After: 7",
      "Retry-After: 9",
    ));
    const response = await ask();
    expect(response.header("warning")).toBe('199 - "Vendor/One/504/10", 199 - "Vendor/Two/503/20"');
    expect(response.header("www-authenticate")).toContain('claims="x"');
    expect(response.header("retry-after")).toBe("7");
    expect(response.header("x-not-there")).toBeNull();
  });
});

describe("an informational answer", () => {
  const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  it.each<[string, readonly (string | Uint8Array)[]]>([
    ["100, in a piece of its own", [CONTINUE, answer("a page")]],
    ["100, in one piece with the answer", [Buffer.concat([Buffer.from(CONTINUE), answer("a page")])]],
    ["100, with headers and by HTTP/1.0", ["HTTP/1.0 100 Go on\r\nX: y\r\n\r\n", answer("a page")]],
    ["100, three times", [CONTINUE + CONTINUE, CONTINUE, answer("a page")]],
    ["100, letter by letter", [...CONTINUE, answer("a page")]],
    ["102", ["HTTP/1.1 102 Processing\r\n\r\n", answer("a page")]],
    ["103", ["HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", answer("a page")]],
    ["103 and 100", ["HTTP/1.1 103 Early Hints\r\n\r\n", CONTINUE, answer("a page")]],
    ["none, letter by letter", [...Buffer.from(answer("a page")).toString("latin1")]],
    ["none, and a body that looks like one", [
      answer(CONTINUE).subarray(0, -CONTINUE.length),
      CONTINUE,
    ]],
  ])("%s, is read over, on a connection that is used again", async (name, pieces) => {
    const { ask, connections } = await answering(...pieces);
    for (let exchange = 0; exchange < 3; exchange++) {
      expect(await readText(await ask(), 100)).toBe(name.includes("looks like") ? CONTINUE : "a page");
      // The pool knows a little later than the reader that the connection is free.
      await setImmediate();
    }
    expect(connections()).toBe(1);
  });
});
