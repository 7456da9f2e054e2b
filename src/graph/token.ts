import type * as OAuth from "oauth4webapi";
import type { Clock } from "../clock.ts";
import { GraphtapError } from "../errors.ts";
import { aadstsAdvice, aadstsCodes, isTransient } from "./aadsts.ts";
import type { Cloud } from "./clouds.ts";
import { readText, type Transport } from "./transport.ts";

const MAX_TOKEN_BODY_BYTES = 64 * 1024;
const DEFAULT_LIFETIME_SECONDS = 3600;
/** A token is renewed this long before its end, or halfway through a shorter life. */
const RENEW_BEFORE_SECONDS = 300;

export interface TokenSource {
  /**
   * A bearer token with life left; callers at the same time share one request.
   *
   * @throws token-refused the credentials are wrong; token-unavailable the endpoint cannot answer now
   */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets `token`, which Graph refused, unless it has been renewed since. */
  reject(token: string): void;
}

export interface TokenOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly tenantId: string;
  readonly clientId: string;
  /** Read at each request, so that a rotated secret is taken up. @throws secret-unreadable */
  readonly clientSecret: () => string;
}

/** OAuth2 client credentials against Microsoft Entra (v2-oauth2-client-creds-grant-flow). */
export function createTokenSource(options: TokenOptions): TokenSource {
  let current: { token: string; renewAt: number } | null = null;
  let pending: Promise<string> | null = null;

  async function renew(signal: AbortSignal | undefined): Promise<string> {
    const { token, lifetimeSeconds } = await requestToken(options, signal);
    const usable = Math.max(lifetimeSeconds - RENEW_BEFORE_SECONDS, lifetimeSeconds / 2);
    current = { token, renewAt: options.clock.now() + usable * 1000 };
    return token;
  }
  return {
    get(signal) {
      if (current !== null && options.clock.now() < current.renewAt) return Promise.resolve(current.token);
      pending ??= renew(signal).finally(() => pending = null);
      return pending;
    },
    reject(token) {
      if (current?.token === token) current = null;
    },
  };
}

async function requestToken(
  options: TokenOptions,
  signal: AbortSignal | undefined,
): Promise<{ token: string; lifetimeSeconds: number }> {
  // Loaded by the first token: a pull often needs none.
  const oauth = await import("oauth4webapi");
  const { cloud, tenantId, clientId } = options;
  const endpoint = `${cloud.loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const server: OAuth.AuthorizationServer = { issuer: cloud.loginUrl, token_endpoint: endpoint };
  const client: OAuth.Client = { client_id: clientId };
  let status = 0;
  try {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(options.clientSecret()),
      { scope: cloud.scope },
      {
        signal,
        // The configuration decides which plain URLs are allowed; by here they are.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: async (url, init) => {
          const answer = await options.transport({
            method: "POST",
            url,
            headers: init.headers,
            body: String(init.body),
            signal: init.signal ?? undefined,
          });
          status = answer.status;
          return asResponse(answer.status, await readText(answer, MAX_TOKEN_BODY_BYTES));
        },
      },
    );
    const token = await oauth.processClientCredentialsResponse(server, client, response);
    return { token: token.access_token, lifetimeSeconds: token.expires_in ?? DEFAULT_LIFETIME_SECONDS };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const said = error instanceof oauth.ResponseBodyError ? error : null;
    throw tokenError(error, said, endpoint, status);
  }
}

function asResponse(status: number, text: string): Response {
  // 204 and 304 refuse a body; neither is an answer of a token endpoint.
  const bodyless = status < 200 || status === 204 || status === 205 || status === 304;
  return new Response(bodyless ? null : text, {
    status: status < 200 ? 502 : status,
    headers: { "content-type": "application/json" },
  });
}

/** The failure in our words. The description is Microsoft's and may hold ids, so it is not repeated. */
function tokenError(
  error: unknown,
  said: OAuth.ResponseBodyError | null,
  endpoint: string,
  status: number,
): GraphtapError {
  const from = `Cannot get a token from ${endpoint}`;
  if (said !== null) {
    const codes = aadstsCodes(said.cause);
    const passing = status >= 500 || status === 429 || said.error === "temporarily_unavailable" ||
      isTransient(codes);
    const named = codes[0] === undefined ? "" : `, AADSTS${codes[0]}`;
    const advice = aadstsAdvice(codes) ??
      (passing ? "it is asked again" : "check tenant_id, client_id and client_secret");
    return new GraphtapError(
      passing ? "token-unavailable" : "token-refused",
      `${from}: it answered ${status} "${safeWord(said.error)}"${named}; ${advice}`,
      { cause: error },
    );
  }
  if (error instanceof GraphtapError) {
    if (error.code === "secret-unreadable" || error.kind.recovery === "exit") return error;
    return new GraphtapError("token-unavailable", `${from}: ${error.message}`, { cause: error });
  }
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new GraphtapError(
    refused ? "token-refused" : "token-unavailable",
    `${from}: its answer (status ${status}) is not a token response; check override_login_url and any proxy`,
    { cause: error },
  );
}

function safeWord(text: string): string {
  return /^[\w.-]{1,60}$/.test(text) ? text : "an error";
}
