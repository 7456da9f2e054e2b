/**
 * A receiver for `--to http`: it takes a body whole and answers at once. What the bodies hold is looked at when somebody
 * asks (GET), so that the sender waits for no judging; then they are forgotten.
 */
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import type { Written } from "../measure.ts";

interface Body {
  readonly bytes: Buffer;
  readonly isGzip: boolean;
  readonly isArray: boolean;
}

let bodies: Body[] = [];

/** @throws what is wrong with a body */
function written(): Written {
  let [lines, bytes] = [0, 0];
  for (const body of bodies) {
    const whole = body.isGzip ? gunzipSync(body.bytes) : body.bytes;
    if (body.isArray) {
      const array = JSON.parse(whole.toString()) as { line: string }[];
      lines += array.length;
      // Each line had a line feed.
      for (const { line } of array) bytes += Buffer.byteLength(line) + 1;
    } else {
      bytes += whole.length;
      for (let at = -1; (at = whole.indexOf(0x0a, at + 1)) >= 0;) lines++;
    }
  }
  bodies = [];
  return { lines, bytes };
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end(JSON.stringify(written()));
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.end();
    bodies.push({
      bytes: Buffer.concat(chunks),
      isGzip: request.headers["content-encoding"] === "gzip",
      isArray: request.headers["content-type"] === "application/json",
    });
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// Ends with the benchmark.
process.stdin.on("end", () => process.exit(0)).resume();
