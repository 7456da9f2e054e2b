import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createHttp } from "../../../src/graph/http.ts";

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
