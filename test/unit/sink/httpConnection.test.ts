import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { httpRig } from "./httpRig.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
/** More than the system takes from a sender whose receiver does not read. */
const LARGE_BYTES = 40 * 1024 * 1024;

/** A receiver that answers as soon as a request begins, and reads the rest of it when it is told to. */
async function hastyReceiver() {
  const chunks: Buffer[] = [];
  let connection: Socket | undefined;
  const server = createServer((socket) => {
    connection = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (chunks.push(chunk) > 1) return;
      socket.pause();
      socket.write(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    connection?.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    readOn: () => void connection?.resume(),
    received: () => chunks.reduce((sum, { length }) => sum + length, 0),
    chunks,
    isClosed: () => connection?.destroyed === true,
  };
}

it("leaves no line to a receiver that answers before it has read them, after the bytes were used again", async () => {
  const receiver = await hastyReceiver();
  const { sink } = httpRig(receiver.url);
  const line = Buffer.alloc(LARGE_BYTES, "x");
  line[LARGE_BYTES - 1] = 0x0a;
  const writing = sink.write(line).then(() => line.fill("#"));
  while (receiver.received() === 0) await sleep(5);
  // As long as a write takes that does not wait for the rest.
  await sleep(100);
  receiver.readOn();
  await writing;
  while (receiver.received() < LARGE_BYTES) await sleep(5);
  expect(receiver.chunks.some((chunk) => chunk.includes("#"))).toBe(false);
});

it("ends the connection to one that answers and does not read on", async () => {
  const receiver = await hastyReceiver();
  const { sink } = httpRig(receiver.url, { bodyTimeoutMs: 50 });
  await sink.write(Buffer.concat([Buffer.alloc(LARGE_BYTES, "x"), Buffer.from("\n")]));
  receiver.readOn();
  while (!receiver.isClosed()) await sleep(5);
  expect(receiver.received()).toBeLessThan(LARGE_BYTES);
});
