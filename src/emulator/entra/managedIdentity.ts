/** Identities that Azure gives a host, and the tokens that the services on it hand out for them. */
import type { ManagedIdentity } from "../options.ts";
import type { Call, World } from "../world.ts";
import { graphHost, issueToken } from "./tokenEndpoint.ts";
import { principalOf } from "./tokens.ts";

/** The host's own tokens last a day. */
const TOKEN_SECONDS = 86_399;

/** Why there is no identity to choose. */
export type NoIdentity = "none" | "not found" | "several";

/** The parameters that name an identity, in the words of one service. */
export interface Chooser {
  readonly clientId: string;
  readonly objectId: readonly string[];
  readonly resourceId: string;
}

/** The identity that a request names; without a name the host's own, or the only one that a user assigned. */
export function chooseIdentity(
  params: URLSearchParams,
  names: Chooser,
  world: World,
): ManagedIdentity | NoIdentity {
  const all = world.options.managedIdentities ?? [];
  if (all.length === 0) return "none";
  const asked: readonly (readonly [string | null, (one: ManagedIdentity) => string | undefined])[] = [
    [params.get(names.clientId), ({ clientId }) => clientId],
    [names.objectId.map((name) => params.get(name)).find((id) => id !== null) ?? null, principalOf],
    [params.get(names.resourceId), ({ resourceId }) => resourceId],
  ];
  const named = asked.find(([id]) => id !== null);
  if (named !== undefined) {
    const [id, idOf] = named;
    return all.find((one) => idOf(one)?.toLowerCase() === id!.toLowerCase()) ?? "not found";
  }
  const own = all.find(({ resourceId }) => resourceId === undefined);
  if (own !== undefined) return own;
  return all.length === 1 ? all[0]! : "several";
}

/** A token and what every service says of it; `null` for a resource that the tenant does not know. */
export function identityToken(
  identity: ManagedIdentity,
  resource: string,
  url: URL,
  call: Call,
  world: World,
) {
  const audience = graphHost(resource, url);
  if (audience === null) return null;
  const lifetimeSeconds = world.options.tokenSeconds ?? TOKEN_SECONDS;
  const claims = identity.resourceId === undefined ? {} : { xms_mirid: identity.resourceId };
  const token = issueToken({ tenant: identity, audience, proof: "2", lifetimeSeconds, claims }, call, world);
  const now = Math.floor(world.clock.now() / 1000);
  return {
    access_token: token,
    client_id: identity.clientId,
    // Times are texts in all of these services.
    expires_on: String(now + lifetimeSeconds),
    not_before: String(now),
    resource,
    token_type: "Bearer",
    expires_in: String(lifetimeSeconds),
  };
}

/** An answer of a service on the host. */
export function hostAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}
