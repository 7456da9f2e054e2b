import type { Dispatcher } from "undici";
import { GraphtapError } from "../errors.ts";
import { type Connections, openConnections, type ProxySettings } from "../net/connections.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { inflated } from "./inflate.ts";
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
  proxy?: ProxySettings;
  headersTimeoutMs?: number;
  stallTimeoutMs?: number;
  /** Milliseconds that may be spent waiting for one body; a sink that is slow to take what came does not count. */
  bodyTimeoutMs?: number;
}

/** HTTP over undici, with pooled connections. It is loaded by the first request: a pull often has none to make. */
export function createHttp(options: HttpOptions = {}): { transport: Transport; close(): Promise<void> } {
  let opened: Promise<Connections> | undefined;
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  return {
    transport: async (request) => {
      if (opened !== undefined) return exchange(await opened, request, bodyTimeoutMs);
      const first = opened = open(options);
      const { withPlainWasm } = await import("./plainWasm.ts");
      // The parser of headers is compiled for the first connection.
      return withPlainWasm(async () => exchange(await first, request, bodyTimeoutMs));
    },
    close: async () => (await opened)?.destroy(),
  };
}

function open(options: HttpOptions): Promise<Connections> {
  const settings = {
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    connections: MOST_CONNECTIONS,
  };
  return openConnections(settings, options.proxy ?? {});
}

async function exchange(
  connections: Connections,
  request: HttpRequest,
  bodyTimeoutMs: number,
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
    body: decoded(response, url, bodyTimeoutMs, signal),
  };
}

async function* decoded(
  response: Dispatcher.ResponseData,
  url: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const giveUp = () => response.body.destroy(Object.assign(new Error("too slow"), { code: TOO_SLOW }));
  const chunks = withinPatience(response.body as AsyncIterable<Uint8Array>, timeoutMs, giveUp);
  try {
    yield* response.headers["content-encoding"] === "gzip" ? inflated(chunks) : chunks;
  } catch (error) {
    throw networkError(error, url, signal);
  } finally {
    response.body.destroy();
  }
}

/** The chunks; calls `giveUp` when they were waited for longer than `ms` in all. */
async function* withinPatience<T>(chunks: AsyncIterable<T>, ms: number, giveUp: () => void) {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (let leftMs = ms;;) {
      const since = performance.now();
      const timer = setTimeout(giveUp, Math.max(0, leftMs));
      const next = await iterator.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      leftMs -= performance.now() - since;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

const TOO_SLOW = "BODY_TOO_SLOW";
const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", TOO_SLOW]);

function networkError(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GraphtapError) return error;
  const { code, why, isTls } = exchangeFailure(error);
  if (code === "NotCapable") {
    const { origin, host } = new URL(url);
    return new GraphtapError(
      "usage",
      `Cannot read from ${origin}: Deno was not allowed to; grant --allow-net=${host}`,
      { cause: error },
    );
  }
  const reason = code === TOO_SLOW ? "the body came too slowly" : why ?? "the exchange failed";
  const advice = isTls ? "; NODE_EXTRA_CA_CERTS adds the certificate of a proxy" : "";
  return new GraphtapError(
    TIMEOUTS.has(code) ? "graph-timeout" : "graph-unreachable",
    `Cannot read from ${new URL(url).origin}: ${reason} (${code})${advice}`,
    { cause: error },
  );
}
