/** Devo's HTTP endpoint, for tests: mode `stream`, a line a record, answered when it is taken. */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** One line of a body, each character one byte, with what its address says. */
export interface HttpLine {
  readonly host: string;
  readonly tag: string;
  readonly message: string;
}

export interface DevoHttpReceiver {
  readonly port: number;
  /** What was taken, in order. */
  readonly lines: readonly HttpLine[];
  /** Requests that Devo would not understand, and why. */
  readonly problems: readonly string[];
  /** Requests that were refused. */
  readonly refused: number;
  /** From now on every request is answered so, and nothing of it is taken. */
  refuse(status: number): void;
  /** From now on nothing is read any more. */
  stall(): void;
  /** Takes again. */
  heal(): void;
  /** Drops everything, requests without an answer included, and stops listening, as a killed process does. */
  crash(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

const PLACE = /^\/stream\/(?<domain>[^/?#]+)\/token!(?<token>[^/?#]+)\/(?<host>[^/?#]+)\/(?<tag>[\w.-]+)$/;

/** Starts an endpoint on loopback, for one domain and token; it ends with the running test. */
export async function startDevoHttpReceiver(domain: string, token: string): Promise<DevoHttpReceiver> {
  const lines: HttpLine[] = [];
  const problems: string[] = [];
  const open = new Set<Socket>();
  let refused = 0;
  let mode: number | "take" | "stall" = "take";
  let port = 0;
  let server: Server;

  function keep(request: IncomingMessage, body: Buffer): number {
    const place = PLACE.exec(request.url ?? "")?.groups;
    if (request.method !== "POST" || place === undefined) {
      problems.push(`${request.method} ${request.url}`);
      return 404;
    }
    if (place["domain"] !== domain || place["token"] !== token) return 401;
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString(
      "latin1",
    );
    if (!text.endsWith("\n") || text.includes("\n\n")) problems.push(`not whole lines: ${text.slice(-100)}`);
    const { host = "", tag = "" } = place;
    lines.push(...text.split("\n").slice(0, -1).map((message) => ({ host, tag, message })));
    return 200;
  }

  const isStalled = () => mode === "stall";

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    if (isStalled()) return void request.socket.pause();
    for await (const part of request) parts.push(part as Buffer);
    if (isStalled()) return;
    const status = typeof mode === "number" ? mode : keep(request, Buffer.concat(parts));
    if (status !== 200) refused++;
    response.writeHead(status).end();
  }

  function listen(): Promise<void> {
    server = createServer((request, response) => void answer(request, response).catch(() => {}));
    server.on("connection", (socket: Socket) => {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  function crash(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of open) socket.resetAndDestroy();
    return closed;
  }

  await listen();
  onTestFinished(() => crash());
  return {
    get port() {
      return port;
    },
    lines,
    problems,
    get refused() {
      return refused;
    },
    refuse: (status) => void (mode = status),
    stall: () => void (mode = "stall"),
    heal: () => void (mode = "take"),
    crash,
    restart: listen,
  };
}
