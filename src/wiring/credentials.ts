/** From the credentials of an input to who gives its tokens. What only some kinds need is loaded with their first token. */
import type { Credentials } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import { clientSecret } from "../graph/auth/clientSecret.ts";
import { entraIssuer, type EntraOptions } from "../graph/auth/entra.ts";
import type { TokenIssuer } from "../graph/auth/token.ts";

/** What asking for tokens needs beside the credentials. */
export type IssuerParts = Pick<EntraOptions, "transport" | "clock" | "cloud">;

/** Who gives tokens for the credentials, by their kind. */
export function issuerOf(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  const { tenantId } = credentials;
  switch (credentials.kind) {
    case "client_secret": {
      const { clientId, clientSecret: secret } = credentials;
      return entraIssuer({ ...parts, tenantId, clientId, authenticate: clientSecret(secret) });
    }
    default:
      throw new GraphtapError("bug", `credentials of kind "${credentials.kind}" passed the check`);
  }
}

/**
 * The application as Graph counts its requests: by its id, or, where that is not known before there is a token, by what
 * is known of it.
 */
export function applicationOf(credentials: Credentials): { tenantId: string; clientId: string } {
  const { tenantId, clientId, kind } = credentials;
  if (clientId !== null) return { tenantId, clientId };
  const identity = kind === "managed_identity" ? credentials.identity : null;
  return { tenantId, clientId: identity?.id ?? kind };
}
