import type { Dispatcher } from "undici";
import { GraphtapError } from "../errors.ts";
import { type Connections, openConnections } from "../net/connections.ts";
import { type ChooseProxy, withoutProxy } from "../net/proxy.ts";
import { openBody } from "./body/body.ts";
import { chooseInflate, type Inflate } from "./body/inflate.ts";
import { openUnchecked } from "./body/unchecked.ts";
import { networkError } from "./networkError.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

/** Graph may think for minutes before it answers a wide query. */
const HEADERS_TIMEOUT_MS = 300_000;
/** A body that has not moved for this long is dead. */
const STALL_TIMEOUT_MS = 60_000;
/** One that keeps us waiting for this long altogether, however often a byte comes, would hold its stream for ever. */
const BODY_TIMEOUT_MS = 300_000;
// A thousand streams that are due at once would open a thousand connections, and be a thousand polls at work in memory.
const MOST_CONNECTIONS = 64;
/** Behind gateways blocks of headers have been seen that are four times as long as what Node allows. */
const MOST_HEADER_BYTES = 64 * 1024;

export interface HttpOptions {
  /** @default none */
  proxy?: ChooseProxy;
  headersTimeoutMs?: number;
  stallTimeoutMs?: number;
  /** Milliseconds that may be spent waiting for one body; a sink that is slow to take what came does not count. */
  bodyTimeoutMs?: number;
}

/** Connections that are open as long as they are needed. */
export interface Http {
  readonly transport: Transport;
  /** Ends every request in flight. */
  close(): Promise<void>;
}

/** HTTP over undici, with pooled connections. It is loaded by the first request: a pull often has none to make. */
export function createHttp(options: HttpOptions = {}): Http {
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

/** Headers that may come several times, each with a part of a list (RFC 9110, section 5.3). */
const LISTS = new Set(["content-encoding", "warning", "www-authenticate"]);

interface Opened {
  readonly connections: Connections;
  /** How what comes from there is inflated. */
  readonly inflateFrom: (url: string) => Inflate;
  readonly bodyTimeoutMs: number;
}

async function open(options: HttpOptions): Promise<Opened> {
  const settings = {
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    connections: MOST_CONNECTIONS,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
  const [inflate, inflateUnchecked] = [chooseInflate(), chooseInflate(openUnchecked)];
  return {
    connections: await openConnections(settings, options.proxy ?? withoutProxy),
    inflateFrom: (url) => new URL(url).protocol === "https:" ? inflateUnchecked : inflate,
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
  };
}

async function send(
  { connections, inflateFrom, bodyTimeoutMs }: Opened,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal, headersTimeoutMs: headersTimeout } = request;
  let response: Dispatcher.ResponseData;
  try {
    const { origin, pathname, search } = new URL(url);
    const path = pathname + search;
    const options = { origin, path, method, headers, body, signal, headersTimeout };
    response = await connections.send(options, request.isStraight);
  } catch (error) {
    throw networkError(error, url, signal);
  }
  const header = (name: string) => {
    const value = response.headers[name] ?? null;
    return Array.isArray(value) ? LISTS.has(name) ? value.join(", ") : value[0]! : value;
  };
  const encoding = (header("content-encoding") ?? "").trim().toLowerCase();
  return {
    status: response.statusCode,
    header,
    body: isReadable(encoding)
      ? openBody(response.body, {
        inflate: encoding.endsWith("gzip") ? inflateFrom(url) : null,
        timeoutMs: bodyTimeoutMs,
        failure: (error) => networkError(error, url, signal),
      })
      : unreadable(response.body, encoding, url),
  };
}

/** Only gzip was asked for. What is between this host and Graph may have changed it. */
function isReadable(encoding: string): boolean {
  return ["", "identity", "gzip", "x-gzip"].includes(encoding);
}

/** A body that nobody here can decode: to be told as such, and not by its first byte. */
// deno-lint-ignore require-yield
async function* unreadable(
  body: Dispatcher.ResponseData["body"],
  encoding: string,
  url: string,
): AsyncGenerator<Uint8Array> {
  body.on("error", () => {}).destroy();
  const named = /^[\w.,* -]{1,40}$/.test(encoding) ? `"${encoding}"` : "not known";
  throw new GraphtapError(
    "page-invalid",
    `Cannot read from ${
      new URL(url).origin
    }: the content encoding is ${named}, expected gzip or none; look for a proxy on the way`,
  );
}
