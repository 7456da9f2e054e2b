import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setImmediate } from "node:timers";
import type { AddressInfo, ListenOptions } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Hono } from "hono";
import { cannotListen, openSocket, removeSocket } from "./socketFile.ts";

const CLOSE_GRACE_MS = 1000;
/** A request is a few lines without a body; whoever takes longer to send it only holds the connection. */
const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 1_000;

/** What a request brings along beside itself. */
export interface AppBindings {
  Bindings: {
    /** Aborted when the client's connection is closed before the answer ended. */
    readonly gone: AbortSignal;
  } | undefined;
}

/** Where to listen: on a port, or on a socket of the file system that its owner alone can use. */
export type ListenAddress = PortAddress | SocketAddress;

export interface SocketAddress {
  /** Absolute. */
  readonly path: string;
}

export interface PortAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Whether only this machine can reach it. */
  readonly loopback: boolean;
}

/** A server that listens. */
export interface Listening {
  /** Origin without a slash at its end; `unix:` and the path of a socket. */
  readonly url: string;
  /** Takes no more requests, lets answers end, and then cuts what is left. */
  close(): Promise<void>;
}

/**
 * Puts the app on an address.
 *
 * @param graceMs how long a stop waits for answers to end by themselves
 * @throws address-unavailable, usage when it cannot listen there
 */
export async function listen(
  app: Pick<Hono<AppBindings>, "fetch">,
  address: ListenAddress,
  graceMs: number = CLOSE_GRACE_MS,
): Promise<Listening> {
  const server = createAdaptorServer({
    // The adapter's own Request and Response are quicker, but they would replace the program's.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    fetch: (request, bindings) => answer(app, request, bindings as HttpBindings),
  }) as Server;
  if ("path" in address) {
    await openSocket(address.path, (path) => opened(server, { path }));
    return {
      url: `unix:${address.path}`,
      close: () => close(server, graceMs).finally(() => removeSocket(address.path)),
    };
  }
  const { host, port } = address;
  try {
    await opened(server, { host, port });
  } catch (cause) {
    throw cannotListen(`${host} port ${port}`, cause);
  }
  const own = server.address() as AddressInfo;
  const name = own.family === "IPv6" ? `[${own.address}]` : own.address;
  return { url: `http://${name}:${own.port}`, close: () => close(server, graceMs) };
}

function opened(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function answer(
  app: Pick<Hono<AppBindings>, "fetch">,
  request: Request,
  { incoming, outgoing }: HttpBindings,
): Promise<Response> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const response = await app.fetch(request, { gone: gone.signal });
  await send(response, request.method, incoming, outgoing as ServerResponse);
  return RESPONSE_ALREADY_SENT;
}

/**
 * Sends an answer. The body is asked for more only when what it gave is in the kernel's hands: a pull counts lines
 * as taken by that, and the adapter's own way of sending would ask while they are still in this process.
 */
async function send(
  { status, headers, body }: Response,
  method: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const lost = () => outgoing.closed || incoming.socket.destroyed;
  const reader = body?.getReader();
  const leave = () => void reader?.cancel().catch(() => {});
  outgoing.once("close", leave);
  if (lost()) return leave();
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (reader === undefined || method === "HEAD") {
    leave();
    return void outgoing.end();
  }
  outgoing.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || lost()) break;
      await written(outgoing, value);
      // Node reports a write as done also when the connection broke under it, and says so only afterwards.
      await new Promise((resolve) => setImmediate(resolve));
      if (lost()) break;
    }
    outgoing.end();
  } catch {
    // A body that ends like any other would pass for a whole one.
    outgoing.destroy();
  }
  leave();
}

function written(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(bytes, (error) => error ? reject(error) : resolve());
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
