import type { Clock } from "../../clock.ts";
import { asGraphtapError } from "../../errors.ts";
import { parseRetryAfter } from "../../net/backoff.ts";
import type { Cloud } from "../clouds.ts";
import type { HttpRequest, Transport } from "../transport.ts";
import type { ClientAuth, ClientProof } from "./clientAuth.ts";
import { exchange } from "./exchange.ts";
import type { IssuedToken, TokenIssuer } from "./token.ts";
import { readTokenAnswer } from "./tokenAnswer.ts";

export interface EntraOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly tenantId: string;
  readonly clientId: string;
  /** How the client proves who it is. */
  readonly authenticate: ClientAuth;
}

/**
 * Tokens by OAuth2 client credentials from Microsoft Entra (v2-oauth2-client-creds-grant-flow). A proof that is refused is
 * made again, and counts as refused unless it is made of something else by then.
 */
export function entraIssuer(options: EntraOptions): TokenIssuer {
  const { transport, clock, cloud, tenantId, clientId, authenticate } = options;
  const path = `${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const endpoint = `${cloud.loginUrl}/${path}`;
  const audience = `${cloud.authority}/${path}`;
  const prove = (signal: AbortSignal | undefined) =>
    authenticate({ audience, clientId, nowMs: clock.now() }, signal);

  async function ask(proof: ClientProof, signal?: AbortSignal, claims?: string): Promise<IssuedToken> {
    const request = tokenRequest(endpoint, clientId, cloud.scope, proof, claims);
    const { response: { status, header }, text } = await exchange(transport, { ...request, signal });
    return readTokenAnswer({
      endpoint,
      status,
      text,
      contentType: header("content-type"),
      retryAfterSeconds: parseRetryAfter(header("retry-after"), clock.now()),
      configKey: proof.configKey,
      secrets: Object.values(proof.parameters),
    });
  }
  return async (signal, claims) => {
    const proof = await prove(signal);
    try {
      return await ask(proof, signal, claims);
    } catch (thrown) {
      if (signal?.aborted || asGraphtapError(thrown).kind.recovery === "retry") throw thrown;
      // It may have been rotated in the moment between.
      const again = await prove(signal);
      if (again.madeOf === proof.madeOf) throw thrown;
      return ask(again, signal, claims);
    }
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
