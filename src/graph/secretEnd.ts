/** When a client secret ends, asked of Graph, which tells it to an application that may read applications. */
import { asGraphtapError } from "../errors.ts";
import { readClaims } from "./auth/tokenClaims.ts";
import type { TokenSource } from "./auth/token.ts";
import type { GraphClient } from "./client.ts";
import type { Permits } from "./permits.ts";
import { readText } from "./transport.ts";

/** Whom to ask, and for what. */
export interface SecretQuestion {
  readonly graph: GraphClient;
  readonly graphUrl: string;
  readonly tokens: TokenSource;
  readonly permits: Permits;
  readonly clientId: string;
  /** The first characters of the secret, by which Entra tells it from others; `null` before it was used. */
  readonly hint: () => string | null;
}

/** Milliseconds since the epoch, or in words why nobody can tell. */
export type SecretEnd = { readonly endsMs: number } | { readonly unknown: string };

const ADVICE = "grant the application permission Application.Read.All to see it";
/** What may read an application (application-get). */
const READERS = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "Directory.Read.All",
  "Directory.ReadWrite.All",
];
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Asks when the secret ends, where the token's permissions say that it may be asked.
 *
 * @throws token-refused, token-unavailable, graph-* what may be another answer later; the signal's reason
 */
export async function askSecretEnd(question: SecretQuestion, signal?: AbortSignal): Promise<SecretEnd> {
  const { graph, graphUrl, tokens, permits, clientId, hint } = question;
  const claims = readClaims(await tokens.get(signal));
  if (claims !== null && !claims.roles.some((role) => READERS.includes(role))) return { unknown: ADVICE };
  const url = `${graphUrl}/v1.0/applications(appId='${
    encodeURIComponent(clientId)
  }')?$select=passwordCredentials`;
  const asked = {
    service: "applications",
    permissions: ["Application.Read.All"],
    followsLink: false,
    hasAdditionalFilter: false,
  };
  try {
    const response = await graph.ask({ url }, asked, permits, signal);
    return endIn(await readText(response, MAX_BODY_BYTES), hint());
  } catch (thrown) {
    const { kind, message } = asGraphtapError(thrown);
    if (signal?.aborted || kind.recovery !== "suspend-stream") throw thrown;
    return { unknown: message };
  }
}

/** Of several secrets that begin alike, the one that ends first is taken for ours. */
function endIn(body: string, hint: string | null): SecretEnd {
  const ends = secretsIn(body).filter((secret) => secret.hint === hint).map(({ endDateTime }) =>
    Date.parse(String(endDateTime))
  ).filter((end) => !Number.isNaN(end));
  return ends.length === 0
    ? { unknown: "the application has no secret that begins like it; look under Certificates & secrets" }
    : { endsMs: Math.min(...ends) };
}

function secretsIn(body: string): readonly { readonly hint?: unknown; readonly endDateTime?: unknown }[] {
  try {
    const { passwordCredentials } = JSON.parse(body) as { passwordCredentials?: unknown };
    return Array.isArray(passwordCredentials) ? passwordCredentials.filter((one) => one !== null) : [];
  } catch {
    return [];
  }
}
