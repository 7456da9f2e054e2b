import type { Clock } from "../../clock.ts";
import { asGraphtapError, GraphtapError } from "../../errors.ts";
import type { Cloud } from "../clouds.ts";
import { type IssuedToken, readTokenAnswer } from "./tokenAnswer.ts";
import { readText, type Transport } from "../transport.ts";

const MAX_TOKEN_BODY_BYTES = 64 * 1024;
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

async function requestToken(options: TokenOptions, signal: AbortSignal | undefined): Promise<IssuedToken> {
  const { cloud, tenantId, clientId } = options;
  const endpoint = `${cloud.loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: options.clientSecret(),
    scope: cloud.scope,
  });
  const headers = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
  };
  let status: number;
  let text: string;
  try {
    const answer = await options.transport({
      method: "POST",
      url: endpoint,
      headers,
      body: String(body),
      signal,
    });
    status = answer.status;
    text = await readText(answer, MAX_TOKEN_BODY_BYTES);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const error = asGraphtapError(cause);
    if (error.kind.recovery === "exit") throw error;
    throw new GraphtapError("token-unavailable", `Cannot get a token from ${endpoint}: ${error.message}`, {
      cause,
    });
  }
  return readTokenAnswer(endpoint, status, text);
}
