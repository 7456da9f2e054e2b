import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import { readClaims } from "./auth/tokenClaims.ts";
import type { Asked } from "./asked.ts";
import { judge } from "./judge.ts";
import { readRefusal } from "./refusal.ts";
import type { TokenSource } from "./auth/token.ts";
import type { Permits } from "./permits.ts";
import type { HttpResponse, Transport } from "./transport.ts";

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
  const { tokens, clock } = options;
  const send = createSender(options);
  const sayOnce = createPartialWarning(options.log);

  return {
    async get(url, asked, permits, signal) {
      for (let renewed = false;; renewed = true) {
        // A permit is for now: it must not wait for a token.
        await tokens.get(signal);
        const permit = await permits.acquire(signal);
        let underWay = false;
        try {
          const token = await tokens.get(signal);
          const response = await send(url, token, signal);
          permit.answered();
          if (response.status === 206) sayOnce(response.header("warning"), asked.service);
          if (response.status === 200 || response.status === 206) {
            underWay = true;
            return { ...response, body: endingWith(response.body, permit.release) };
          }
          const refusal = await readRefusal(response);
          if (response.status === 401) tokens.reject(token);
          if (response.status === 401 && !renewed) continue;
          const error = judge(asked, refusal, { nowMs: clock.now(), claims: readClaims(token) });
          if (error.kind.throttles) permits.throttled(error.retryAfterSeconds);
          throw error;
        } finally {
          if (!underWay) permit.release();
        }
      }
    },
  };
}

/** Sends a GET, and tells the log of it. */
function createSender({ transport, clock, log, userAgent }: GraphClientOptions) {
  return async (url: string, token: string, signal: AbortSignal | undefined): Promise<HttpResponse> => {
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
        "user-agent": userAgent,
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
  };
}

/**
 * Says once of each provider that it failed: legacy alerts answer 206 then, and their warning has
 * "Vendor/Provider/Status/Milliseconds" for each.
 */
function createPartialWarning(log: Log) {
  const said = new Set<string>();
  return (warning: string | null, service: string): void => {
    const failed = (warning ?? "").matchAll(/"([^"/]*)\/([^"/]*)\/(\d+)\/\d+"/g);
    for (const [, vendor, provider, status] of failed) {
      const key = `${service} ${vendor} ${provider} ${status}`;
      if (said.has(key)) continue;
      said.add(key);
      log.warn("Graph answered in part: a provider failed", { service, vendor, provider, status });
    }
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
