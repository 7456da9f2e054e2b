/** Devo's HTTP endpoint, for tests: mode `stream`, a line a record, answered when it is taken. */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { type Listener, startListener } from "./listener.ts";

/** One line of a body, each character one byte, with what its address says. */
export interface HttpLine {
  readonly host: string;
  readonly tag: string;
  readonly message: string;
}

export interface DevoHttpReceiver extends Pick<Listener, "port" | "crash" | "restart"> {
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
}

const PLACE = /^\/stream\/(?<domain>[^/?#]+)\/token!(?<token>[^/?#]+)\/(?<host>[^/?#]+)\/(?<tag>[\w.-]+)$/;

/** Starts an endpoint on loopback, for one domain and token; it ends with the running test. */
export async function startDevoHttpReceiver(domain: string, token: string): Promise<DevoHttpReceiver> {
  const lines: HttpLine[] = [];
  const problems: string[] = [];
  let refused = 0;
  let mode: number | "take" | "stall" = "take";

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

  const create = () => createServer((request, response) => void answer(request, response).catch(() => {}));
  const listener = await startListener(create);
  return {
    get port() {
      return listener.port;
    },
    lines,
    problems,
    get refused() {
      return refused;
    },
    refuse: (status) => void (mode = status),
    stall: () => void (mode = "stall"),
    heal: () => void (mode = "take"),
    crash: listener.crash,
    restart: listener.restart,
  };
}
