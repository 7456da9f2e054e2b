import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { isLoopback } from "../config/endpoint.ts";
import { parseRetryAfter } from "../net/backoff.ts";
import { type Connections, openConnections } from "../net/connections.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { type ChooseProxy, withoutProxy } from "../net/proxy.ts";

/** What one attempt came to: an answer, or why there was none. */
export type Attempt =
  | { readonly status: number; readonly retryAfterSeconds: number | undefined; readonly text: string }
  | { readonly failure: string };

export interface Connection {
  /** Sends a body; never throws. An aborted signal ends the attempt. Nothing reads the body any more when it is over. */
  post(body: Uint8Array, signal: AbortSignal): Promise<Attempt>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly contentType: string;
  /** Whether bodies are compressed; they come so. */
  readonly gzip: boolean;
  /** The `Authorization` header; `null` for none. */
  readonly authorization: string | null;
  readonly userAgent: string;
  /** By which a Retry-After that is a date is understood. */
  readonly clock: Clock;
  /** Settings of the environment; never used for this host itself. */
  readonly proxy?: ChooseProxy;
  /**
   * How long an answer may take, in milliseconds. Vector keeps a request waiting while its buffer is full, and keeps
   * what it got: a client that gives up early sends the same lines again and again.
   * @default 300_000
   */
  readonly answerTimeoutMs?: number;
  /** How long what follows the head of an answer may take, in milliseconds. @default 5_000 */
  readonly bodyTimeoutMs?: number;
}

// Fluent Bit closes a connection that was idle for 10 s; better not to meet it in the act.
const IDLE_MS = 4_000;
const LONGEST_TEXT = 2_000;
const SENT_CHECK_MS = 5;
/** Read of an answer at most, so that its connection can be used again; the rest is not waited for. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** A connection to a receiver: one at most, with one request in flight. */
export function openConnection(options: ConnectionOptions): Connection {
  const timeout = options.answerTimeoutMs ?? 300_000;
  const bodyTimeout = options.bodyTimeoutMs ?? 5_000;
  const settings = {
    connections: 1,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  };
  const proxy = isLoopback(new URL(options.url).hostname) ? withoutProxy : options.proxy ?? withoutProxy;
  let opened: Promise<Connections> | undefined;
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
        const connections = await (opened ??= openConnections(settings, proxy));
        const response = await connections.send({
          origin,
          path: pathname + search,
          method: "POST",
          headers,
          body,
          signal,
        });
        const status = response.statusCode;
        const retryAfter = response.headers["retry-after"];
        const text = await textOf(response.body, bodyTimeout);
        if (!await isSent(connections, bodyTimeout)) {
          opened = undefined;
          await connections.destroy();
        }
        return {
          status,
          retryAfterSeconds: parseRetryAfter(
            typeof retryAfter === "string" ? retryAfter : null,
            options.clock.now(),
          ),
          text,
        };
      } catch (error) {
        return { failure: reasonOf(error) };
      }
    },
    close: async () => (await opened)?.destroy(),
  };
}

/**
 * The beginning of an answer. The status alone decides, so a body that breaks off is no failure, and one that does not
 * come to its end, or takes long to, ends with its connection: nobody waits for more of it.
 */
async function textOf(body: Readable, mostMs: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  body.on("error", () => {});
  const timer = setTimeout(() => body.destroy(), mostMs);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (text.length < LONGEST_TEXT) text += decoder.decode(chunk, { stream: true });
      length += chunk.length;
      // This ends the connection, too.
      if (length > MOST_ANSWER_BYTES) break;
    }
  } catch {
    // What came is all there is.
  } finally {
    clearTimeout(timer);
  }
  return text.slice(0, LONGEST_TEXT);
}

/**
 * Whether all of the request has left, within so many milliseconds. A receiver may answer before it has read the whole of
 * it, and read on: the bytes must not be used again until then.
 */
async function isSent(connections: Connections, mostMs: number): Promise<boolean> {
  for (let waitedMs = 0; connections.unsentBytes() > 0; waitedMs += SENT_CHECK_MS) {
    if (waitedMs >= mostMs) return false;
    await sleep(SENT_CHECK_MS);
  }
  return true;
}

function reasonOf(error: unknown): string {
  const { code, why, advice } = exchangeFailure(error);
  return `${why ?? "the exchange failed"} (${code})${advice === null ? "" : `; ${advice}`}`;
}
