/** A forward proxy on loopback: CONNECT, and plain http by whole addresses. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";
import type { Identity } from "./certificates.ts";

/** What a proxy does with whoever asks. */
export type ProxyManner =
  | "allow"
  /** Answers this status, with a page of HTML as proxies have it. */
  | { readonly refuse: number }
  /** Lets nobody in who does not send this user and password. */
  | { readonly user: string; readonly password: string }
  /** Closes the connection without an answer. */
  | "hang-up"
  /** Takes the connection and never says anything. */
  | "silent";

export interface ForwardProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly host: string;
  /** The first lines of what it was asked, such as `CONNECT 127.0.0.1:443 HTTP/1.1`. */
  readonly asked: readonly string[];
}

/** Opens a proxy for the running test. */
export async function openForwardProxy(manner: ProxyManner = "allow"): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    readHead(client, (head, rest) => {
      asked.push(head.split("\r\n")[0]!);
      if (manner === "hang-up") return void client.destroy();
      if (manner === "silent") return;
      if (typeof manner === "object" && "refuse" in manner) return answer(client, manner.refuse);
      if (typeof manner === "object" && !isLetIn(head, manner)) return answer(client, 407);
      forward(client, head, rest);
    });
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, asked };
}

/** TLS before a server on loopback, as a stand-in for Graph's own. @returns its origin */
export async function openTlsFront(target: string, identity: Identity): Promise<string> {
  const server = createTlsServer({ cert: identity.cert, key: identity.key }, (client) => {
    client.on("error", () => client.destroy());
    join(client, connect(Number(new URL(target).port), "127.0.0.1"));
  });
  server.on("tlsClientError", () => {});
  return `https://127.0.0.1:${await listening(server)}`;
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

function readHead(client: Socket, onHead: (head: string, rest: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  client.on("data", function take(chunk: Buffer) {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return;
    client.off("data", take);
    client.pause();
    onHead(bytes.subarray(0, end).toString("latin1"), bytes.subarray(end + 4));
  });
}

function isLetIn(head: string, { user, password }: { user: string; password: string }): boolean {
  const wanted = Buffer.from(`${user}:${password}`).toString("base64");
  return /\r\nproxy-authorization: Basic (\S+)/i.exec(head)?.[1] === wanted;
}

function answer(client: Socket, status: number): void {
  const body = "<html><body>blocked by policy</body></html>";
  client.end(
    `HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

function forward(client: Socket, head: string, rest: Buffer): void {
  const [method = "", target = ""] = head.split(" ");
  if (method === "CONNECT") {
    const upstream = connect(Number(target.split(":").at(-1)), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (rest.length > 0) upstream.write(rest);
      join(client, upstream);
    });
    upstream.on("error", () => answer(client, 502));
    return;
  }
  const { host, port, pathname, search } = new URL(target);
  const upstream = connect(Number(port || 80), "127.0.0.1", () => {
    const own = head.replace(target, pathname + search).replace(/\r\nproxy-[^\r]*/gi, "")
      .replace(/\r\nconnection:[^\r]*/i, "");
    upstream.write(`${own}\r\nvia: 1.1 ${host}\r\nconnection: close\r\n\r\n`);
    upstream.write(rest);
    join(client, upstream);
  });
  upstream.on("error", () => answer(client, 502));
}

/** Both ends as one, until either is gone. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    from.on("error", () => to.destroy());
    from.once("close", () => to.destroy());
    from.pipe(to);
  }
}
