import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Dispatcher } from "undici";
import type { Buffer } from "node:buffer";

/** What one attempt came to: an answer, or why there was none. */
export type Exchange =
  | { readonly status: number; readonly retryAfterSeconds: number | undefined; readonly text: string }
  | { readonly failure: string };

export interface Connection {
  /** Sends a body; never throws. An aborted signal ends the attempt. */
  post(body: Buffer, signal: AbortSignal): Promise<Exchange>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly contentType: string;
  readonly gzip: boolean;
  /** The `Authorization` header; `null` for none. */
  readonly authorization: string | null;
  readonly userAgent: string;
  /** Settings of the environment; never used for this host itself. */
  readonly proxy?: { readonly httpProxy?: string; readonly httpsProxy?: string; readonly noProxy?: string };
  /**
   * How long an answer may take, in milliseconds. Vector keeps a request waiting while its buffer is full, and keeps
   * what it got: a client that gives up early sends the same lines again and again.
   * @default 300_000
   */
  readonly answerTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 15_000;
// Fluent Bit closes a connection that was idle for 10 s; better not to meet it in the act.
const IDLE_MS = 4_000;
const LONGEST_TEXT = 2_000;
const compress = promisify(gzip);

/** A connection to a receiver: one at most, with one request in flight. */
export function openConnection(options: ConnectionOptions): Connection {
  const timeout = options.answerTimeoutMs ?? 300_000;
  const settings = {
    connections: 1,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  };
  const { httpProxy, httpsProxy } = options.proxy ?? {};
  const direct = isLoopback(new URL(options.url).hostname) || (!httpProxy && !httpsProxy);
  let opened: Promise<Dispatcher> | undefined;
  // Loaded by the first lines: without any, a process that has nothing to send starts in half the time.
  async function open(): Promise<Dispatcher> {
    const { default: { Agent, EnvHttpProxyAgent } } = await import("undici");
    return direct ? new Agent(settings) : new EnvHttpProxyAgent({ ...settings, ...options.proxy });
  }
  const { origin, pathname, search } = new URL(options.url);
  const headers = {
    "content-type": options.contentType,
    "user-agent": options.userAgent,
    ...(options.gzip ? { "content-encoding": "gzip" } : {}),
    ...(options.authorization === null ? {} : { authorization: options.authorization }),
  };
  return {
    async post(body, signal) {
      try {
        const bytes = options.gzip ? await compress(body) : body;
        const dispatcher = await (opened ??= open());
        const response = await dispatcher.request({
          origin,
          path: pathname + search,
          method: "POST",
          headers,
          body: bytes,
          signal,
        });
        const status = response.statusCode;
        const retryAfter = Number(response.headers["retry-after"] ?? NaN);
        return {
          status,
          retryAfterSeconds: retryAfter >= 0 ? retryAfter : undefined,
          text: await textOf(response.body),
        };
      } catch (error) {
        return { failure: reasonOf(error) };
      }
    },
    close: async () => (await opened)?.destroy(),
  };
}

/** Whether a host name of a URL is this host. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The beginning of an answer; the status alone decides, so a body that breaks off is no failure. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body) {
      if (text.length < LONGEST_TEXT) text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return text;
  }
  return text.slice(0, LONGEST_TEXT);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed while sending",
  ENOTFOUND: "the host name cannot be resolved",
  EAI_AGAIN: "the name server did not answer",
  UND_ERR_SOCKET: "the other side closed the connection",
  UND_ERR_CONNECT_TIMEOUT: "no connection within 15 s",
  UND_ERR_HEADERS_TIMEOUT: "no answer within the time limit",
};

/** Codes only: the text of an error may hold an address with its password. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) {
    return `its TLS certificate does not verify (${code}); NODE_EXTRA_CA_CERTS adds an authority`;
  }
  return WORDS[code] === undefined ? `the exchange failed (${code})` : `${WORDS[code]} (${code})`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
