import { connect, type Socket } from "node:net";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AppBindings, listen } from "../../../src/server/listen.ts";

const ANYWHERE = { host: "127.0.0.1", port: 0, loopback: true };

async function served(answer: (gone: AbortSignal) => Response | Promise<Response>) {
  const app = new Hono<AppBindings>();
  app.get("/", (c) => answer(c.env!.gone));
  const listening = await listen(app, ANYWHERE, 30);
  onTestFinished(() => listening.close());
  return listening;
}

/** A client that reads nothing until told to. */
function lazyClient(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return socket;
}

/** A body without an end, that counts how often it was asked for more. */
function endless() {
  const seen = { asked: 0, left: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      seen.asked++;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => void (seen.left = true),
  }, { highWaterMark: 0 });
  return { seen, body };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("the listening server", () => {
  it("sends status, headers and body", async () => {
    const { url } = await served(() => new Response("a\nb\n", { status: 201, headers: { "x-of": "it" } }));
    const response = await fetch(url);
    expect([response.status, response.headers.get("x-of"), await response.text()]).toEqual([
      201,
      "it",
      "a\nb\n",
    ]);
    expect((await fetch(url, { method: "HEAD" })).status).toBe(201);
  });

  it("asks a body for no more while the client takes nothing, and lets it go with the client", async () => {
    const { seen, body } = endless();
    let gone = false;
    const { url } = await served((signal) => {
      signal.addEventListener("abort", () => void (gone = true));
      return new Response(body);
    });
    const client = lazyClient(url);
    // What the kernel takes is much, but not without end.
    let quiet = 0;
    for (let before = -1; quiet < 10; before = seen.asked) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      quiet = seen.asked === before ? quiet + 1 : 0;
    }
    const asked = seen.asked;
    client.destroy();
    await until(() => gone && seen.left);
    // The write that hung was lost with the connection: nobody may take it for a success.
    expect(seen.asked).toBe(asked);
  });

  it("breaks an answer off whose body fails", async () => {
    const { url } = await served(() => {
      let pulls = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            if (pulls++ > 0) controller.error(new Error("no more"));
            else controller.enqueue(new TextEncoder().encode("half a"));
          },
        }, { highWaterMark: 0 }),
      );
    });
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  });

  it("closes, even while a client reads nothing", async () => {
    const { seen, body } = endless();
    const listening = await served(() => new Response(body));
    lazyClient(listening.url);
    await until(() => seen.asked > 0);
    // The body has no end: a close that waited for it would not come back.
    await listening.close();
    await until(() => seen.left);
  });

  it("says so when the port is taken", async () => {
    const { url } = await served(() => new Response());
    await expect(listen(new Hono<AppBindings>(), { ...ANYWHERE, port: Number(new URL(url).port) })).rejects
      .toMatchObject({
        code: "address-unavailable",
        message: expect.stringContaining("Cannot listen on 127.0.0.1"),
      });
  });
});
