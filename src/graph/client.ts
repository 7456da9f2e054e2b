import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import { asGraphtapError } from "../errors.ts";
import { claimsOf } from "./auth/challenge.ts";
import { readClaims } from "./auth/tokenClaims.ts";
import type { Asked } from "./asked.ts";
import { judge } from "./judge.ts";
import type { Outage } from "./outage.ts";
import { readRefusal } from "./refusal.ts";
import type { TokenSource } from "./auth/token.ts";
import type { Permits } from "./permits.ts";
import type { HttpResponse, Transport } from "./transport.ts";

/** What is asked of Graph. */
export interface GraphRequest {
  readonly url: string;
  /** JSON, which makes it a POST. @default it is a GET */
  readonly body?: string;
}

/** One input's way into Graph. */
export interface GraphClient {
  /**
   * The one authorised request: waits for a permit, adds the token, renews a refused one once. The answer's body is to
   * be read, to its end or in part: until then it keeps its permit.
   *
   * @throws token-refused, token-unavailable, graph-*, page-link-expired as the answer says
   */
  ask(request: GraphRequest, asked: Asked, permits: Permits, signal?: AbortSignal): Promise<HttpResponse>;
}

export interface GraphClientOptions {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly userAgent: string;
  /** Told of requests that Graph gave no answer to, and of those that it did. */
  readonly outage: Outage;
  /** Told of each request how it was answered, `null` where it was not, and after how many milliseconds. */
  readonly onAnswer?: (service: string, status: number | null, ms: number) => void;
}

/** 201 is the answer to who creates something, 206 that of legacy alerts where a provider failed. */
const SERVED = new Set([200, 201, 206]);

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { tokens, clock, outage } = options;
  const send = createSender(options);
  const sayOnce = createPartialWarning(options.log);

  return {
    async ask(request, asked, permits, signal) {
      for (let renewed = false;; renewed = true) {
        // A permit is for now: it must not wait for a token, which may take minutes.
        const known = await tokens.get(signal);
        const permit = await permits.acquire(signal);
        let underWay = false;
        try {
          const token = tokens.current() ?? known;
          const response = await send(request, token, asked, signal);
          permit.answered();
          if (response.status === 206) sayOnce(response.header("warning"), asked.service);
          if (SERVED.has(response.status)) {
            underWay = true;
            return { ...response, body: followed(response.body, outage, asked.service, permit.release) };
          }
          const refusal = await readRefusal(response);
          const mayHelp = response.status === 401 && tokens.reject(token, claimsOf(refusal.challenge));
          if (mayHelp && !renewed) continue;
          const error = judge(asked, refusal, { nowMs: clock.now(), claims: readClaims(token) });
          if (error.kind.ofInput) outage.failed(asked.service, error);
          else outage.works(asked.service);
          if (error.kind.throttles) permits.throttled(error.retryAfterSeconds);
          throw error;
        } finally {
          if (!underWay) permit.release();
        }
      }
    },
  };
}

const PREFER = "include-unknown-enum-members";

/** Sends a request, and tells the log of it. */
function createSender({ transport, clock, log, userAgent, outage, onAnswer }: GraphClientOptions) {
  return async (
    { url, body }: GraphRequest,
    token: string,
    { service, maxPageSize }: Asked,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> => {
    const clientRequestId = randomUUID();
    const started = clock.now();
    const sent = transport({
      ...(body === undefined ? { method: "GET" } : { method: "POST", body }),
      url,
      signal,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
        "authorization": `Bearer ${token}`,
        "accept": "application/json",
        "accept-encoding": "gzip",
        // Links do not carry it, so it goes with every page: without it new enum members read "unknownFutureValue".
        "prefer": maxPageSize === undefined ? PREFER : `${PREFER}, odata.maxpagesize=${maxPageSize}`,
        "client-request-id": clientRequestId,
        "user-agent": userAgent,
      },
    });
    const response = await sent.catch((thrown) => {
      if (signal?.aborted !== true) onAnswer?.(service, null, clock.now() - started);
      return throwTold(thrown, outage, service);
    });
    const ms = clock.now() - started;
    onAnswer?.(service, response.status, ms);
    log.debug("request", {
      // Made where the line is written only.
      get url() {
        return withoutTokens(url);
      },
      status: response.status,
      ms,
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

/** Tells the outage of what Graph's connection threw, and throws it. */
function throwTold(thrown: unknown, outage: Outage, service: string): never {
  const error = asGraphtapError(thrown);
  if (error.kind.ofInput) outage.failed(service, error);
  throw thrown;
}

/**
 * The same bytes. Where they break off the outage is told, and at their end that there is none; `release` is called
 * then, or when nobody wants more of them.
 */
function followed(
  body: AsyncIterable<Uint8Array>,
  outage: Outage,
  service: string,
  release: () => void,
): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  let isReleased = false;
  function end(): void {
    if (!isReleased) release();
    isReleased = true;
  }
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      let goesOn = false;
      try {
        const piece = await pieces.next();
        goesOn = piece.done !== true;
        if (!goesOn) outage.works(service);
        return piece;
      } catch (thrown) {
        return throwTold(thrown, outage, service);
      } finally {
        if (!goesOn) end();
      }
    },
    async return() {
      try {
        await pieces.return?.();
      } finally {
        end();
      }
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
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
