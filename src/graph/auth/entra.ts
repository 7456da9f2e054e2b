import type { Clock } from "../../clock.ts";
import { asGraphtapError, GraphtapError } from "../../errors.ts";
import { parseRetryAfter } from "../../net/backoff.ts";
import type { Cloud } from "../clouds.ts";
import { type HttpRequest, type HttpResponse, readText, type Transport } from "../transport.ts";
import type { ClientAuth, ClientProof } from "./clientAuth.ts";
import type { TokenIssuer } from "./token.ts";
import { readTokenAnswer } from "./tokenAnswer.ts";

const MAX_TOKEN_BODY_BYTES = 64 * 1024;

export interface EntraOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly tenantId: string;
  readonly clientId: string;
  /** How the client proves who it is. */
  readonly authenticate: ClientAuth;
}

/** Tokens by OAuth2 client credentials from Microsoft Entra (v2-oauth2-client-creds-grant-flow). */
export function entraIssuer(options: EntraOptions): TokenIssuer {
  const { transport, clock, cloud, tenantId, clientId, authenticate } = options;
  const endpoint = `${cloud.loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  return async (signal, claims) => {
    const proof = await authenticate({ endpoint, clientId, nowMs: clock.now() }, signal);
    const request = tokenRequest(endpoint, clientId, cloud.scope, proof, claims);
    const { response: { status, header }, text } = await send(transport, { ...request, signal });
    return readTokenAnswer({
      endpoint,
      status,
      text,
      contentType: header("content-type"),
      retryAfterSeconds: parseRetryAfter(header("retry-after"), clock.now()),
      configKey: proof.configKey,
      secrets: Object.values(proof.parameters),
    });
  };
}

function tokenRequest(
  endpoint: string,
  clientId: string,
  scope: string,
  proof: ClientProof,
  claims: string | undefined,
): HttpRequest {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    ...proof.parameters,
    scope,
    ...(claims === undefined ? {} : { claims }),
  });
  return {
    method: "POST",
    url: endpoint,
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
      ...proof.headers,
    },
    body: String(form),
  };
}

async function send(
  transport: Transport,
  request: HttpRequest,
): Promise<{ response: HttpResponse; text: string }> {
  try {
    const response = await transport(request);
    return { response, text: await readText(response, MAX_TOKEN_BODY_BYTES) };
  } catch (cause) {
    if (request.signal?.aborted) throw request.signal.reason;
    const error = asGraphtapError(cause);
    if (error.kind.recovery === "exit") throw error;
    throw new GraphtapError(
      "token-unavailable",
      `Cannot get a token from ${request.url}: ${error.message}`,
      { cause },
    );
  }
}
