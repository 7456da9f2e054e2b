import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import { type Asked, judge } from "./judge.ts";
import type { TokenSource } from "./auth/token.ts";
import type { Permits } from "./permits.ts";
import { type HttpResponse, readText, type Transport } from "./transport.ts";

const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** One input's way into Graph. */
export interface GraphClient {
  /**
   * The one authorised GET: waits for a permit, adds the token, renews a refused one once. The answer's body is to
   * be read, to its end or in part: until then it keeps its permit.
   *
   * @throws token-refused, token-unavailable, graph-*, page-link-expired as the answer says
   */
  get(url: string, asked: Asked, permits: Permits, signal?: AbortSignal): Promise<HttpResponse>;
}

export interface GraphClientOptions {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly userAgent: string;
}

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { transport, tokens, clock, log } = options;

  const said = new Set<string>();
  // Legacy alerts answer 206 when one of their providers fails: "Vendor/Provider/Status/Milliseconds" each.
  function sayOnce(warning: string | null, service: string): void {
    for (
      const [, vendor, provider, status] of (warning ?? "").matchAll(/"([^"/]*)\/([^"/]*)\/(\d+)\/\d+"/g)
    ) {
      const key = `${service} ${vendor} ${provider} ${status}`;
      if (said.has(key)) continue;
      said.add(key);
      log.warn("Graph answered in part: a provider failed", { service, vendor, provider, status });
    }
  }

  async function send(url: string, token: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const clientRequestId = randomUUID();
    const started = clock.now();
    const response = await transport({
      method: "GET",
      url,
      signal,
      headers: {
        "authorization": `Bearer ${token}`,
        "accept": "application/json",
        "accept-encoding": "gzip",
        // Links do not carry it, so it goes with every page: without it new enum members read "unknownFutureValue".
        "prefer": "include-unknown-enum-members",
        "client-request-id": clientRequestId,
        "user-agent": options.userAgent,
      },
    });
    log.debug("request", {
      url: withoutTokens(url),
      status: response.status,
      ms: clock.now() - started,
      request_id: response.header("request-id"),
      client_request_id: clientRequestId,
    });
    return response;
  }

  async function refusalOf(response: HttpResponse) {
    const text = await readText(response, MAX_ERROR_BODY_BYTES).catch(() => "");
    return {
      status: response.status,
      code: errorCode(text),
      requestId: response.header("request-id"),
      retryAfter: response.header("retry-after"),
    };
  }

  return {
    async get(url, asked, permits, signal) {
      for (let renewed = false;; renewed = true) {
        const permit = await permits.acquire(signal);
        let underWay = false;
        try {
          const token = await tokens.get(signal);
          const response = await send(url, token, signal);
          if (response.status === 206) sayOnce(response.header("warning"), asked.service);
          if (response.status === 200 || response.status === 206) {
            underWay = true;
            return { ...response, body: endingWith(response.body, permit.release) };
          }
          const refusal = await refusalOf(response);
          if (response.status === 401) tokens.reject(token);
          if (response.status === 401 && !renewed) continue;
          const error = judge(asked, refusal, clock.now());
          if (error.kind.throttles) permits.throttled(error.retryAfterSeconds);
          throw error;
        } finally {
          if (!underWay) permit.release();
        }
      }
    },
  };
}

/** The same bytes, and a call when they have come to an end, or nobody wants more of them. */
async function* endingWith(body: AsyncIterable<Uint8Array>, end: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    end();
  }
}

/** `error.code` of an error body; "" when the body is none (gateways answer with HTML). */
function errorCode(text: string): string {
  try {
    const code = (JSON.parse(text) as { error?: { code?: unknown } } | null)?.error?.code;
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}

/** Page tokens stand for a query in a tenant's data; the log needs only where the page was. */
function withoutTokens(url: string): string {
  return decodeURIComponentSafely(url.replace(/(%24|\$)(skiptoken=)[^&]*/gi, "$$$2…"));
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
