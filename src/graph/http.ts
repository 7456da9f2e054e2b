import type { Dispatcher } from "undici";
import { GraphtapError } from "../errors.ts";
import { type Connections, openConnections } from "../net/connections.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { type ChooseProxy, withoutProxy } from "../net/proxy.ts";
import { openBody, TOO_SLOW } from "./body.ts";
import { chooseInflate, type Inflate } from "./inflate.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

/** Graph may think for minutes before it answers a wide query. */
const HEADERS_TIMEOUT_MS = 300_000;
/** A body that has not moved for this long is dead. */
const STALL_TIMEOUT_MS = 60_000;
/** One that keeps us waiting for this long altogether, however often a byte comes, would hold its stream for ever. */
const BODY_TIMEOUT_MS = 300_000;
// A thousand streams that are due at once would open a thousand connections, and be a thousand polls at work in memory.
const MOST_CONNECTIONS = 64;

export interface HttpOptions {
  /** @default none */
  proxy?: ChooseProxy;
  headersTimeoutMs?: number;
  stallTimeoutMs?: number;
  /** Milliseconds that may be spent waiting for one body; a sink that is slow to take what came does not count. */
  bodyTimeoutMs?: number;
}

/** HTTP over undici, with pooled connections. It is loaded by the first request: a pull often has none to make. */
export function createHttp(options: HttpOptions = {}): { transport: Transport; close(): Promise<void> } {
  let opened: Promise<Opened> | undefined;
  return {
    transport: async (request) => {
      if (opened !== undefined) return send(await opened, request);
      const first = opened = open(options);
      // The parser of headers is compiled for the first connection. Loaded as late as undici, with what it needs of Node.
      const { withPlainWasm } = await import("./plainWasm.ts");
      return withPlainWasm(async () => send(await first, request));
    },
    close: async () => (await opened)?.connections.destroy(),
  };
}

interface Opened {
  readonly connections: Connections;
  readonly inflate: Inflate;
  readonly bodyTimeoutMs: number;
}

async function open(options: HttpOptions): Promise<Opened> {
  const settings = {
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    connections: MOST_CONNECTIONS,
  };
  return {
    connections: await openConnections(settings, options.proxy ?? withoutProxy),
    inflate: chooseInflate(),
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
  };
}

async function send(
  { connections, inflate, bodyTimeoutMs }: Opened,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  let response: Dispatcher.ResponseData;
  try {
    const { origin, pathname, search } = new URL(url);
    response = await connections.send({ origin, path: pathname + search, method, headers, body, signal });
  } catch (error) {
    throw networkError(error, url, signal);
  }
  return {
    status: response.statusCode,
    header: (name) => {
      const value = response.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
    body: openBody(response.body, {
      inflate: response.headers["content-encoding"] === "gzip" ? inflate : null,
      timeoutMs: bodyTimeoutMs,
      failure: (error) => networkError(error, url, signal),
    }),
  };
}

const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", TOO_SLOW]);

function networkError(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GraphtapError) return error;
  const { code, why, advice } = exchangeFailure(error);
  if (code === "NotCapable") {
    const { origin, host } = new URL(url);
    return new GraphtapError(
      "usage",
      `Cannot read from ${origin}: Deno was not allowed to; grant --allow-net=${host}`,
      { cause: error },
    );
  }
  const reason = code === TOO_SLOW ? "the body came too slowly" : why ?? "the exchange failed";
  return new GraphtapError(
    TIMEOUTS.has(code) ? "graph-timeout" : "graph-unreachable",
    `Cannot read from ${new URL(url).origin}: ${reason} (${code})${advice === null ? "" : `; ${advice}`}`,
    { cause: error },
  );
}
