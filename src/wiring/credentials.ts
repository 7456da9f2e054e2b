/** From the credentials of an input to who gives its tokens. What only some kinds need is loaded with their first token. */
import type { Credentials } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { ClientAuth } from "../graph/auth/clientAuth.ts";
import { clientSecret } from "../graph/auth/clientSecret.ts";
import { entraIssuer, type EntraOptions } from "../graph/auth/entra.ts";
import type { TokenIssuer } from "../graph/auth/token.ts";

/** What asking for tokens needs beside the credentials. */
export type IssuerParts = Pick<EntraOptions, "transport" | "clock" | "cloud">;

/** Who gives tokens for the credentials, by their kind. */
export function issuerOf(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  const { tenantId } = credentials;
  const byEntra = (clientId: string, authenticate: ClientAuth) =>
    entraIssuer({ ...parts, tenantId, clientId, authenticate });
  switch (credentials.kind) {
    case "client_secret":
      return byEntra(credentials.clientId, clientSecret(credentials.clientSecret));
    case "client_certificate":
      return byEntra(
        credentials.clientId,
        loadedOnce(async () => {
          const { clientCertificate } = await import("../graph/auth/clientCertificate.ts");
          return clientCertificate(credentials);
        }),
      );
    case "federated_token":
      return byEntra(
        credentials.clientId,
        loadedOnce(async () => {
          const { federatedToken } = await import("../graph/auth/federatedToken.ts");
          const { transport, cloud: { authority } } = parts;
          return federatedToken({ source: credentials.from, transport, authority });
        }),
      );
    default:
      throw new GraphtapError("bug", `credentials of kind "${credentials.kind}" passed the check`);
  }
}

/** A function that is loaded when it is called first. */
function loadedOnce<A extends unknown[], R>(
  load: () => Promise<(...args: A) => R | Promise<R>>,
): (...args: A) => Promise<R> {
  let loaded: ReturnType<typeof load> | null = null;
  return async (...args) => (await (loaded ??= load()))(...args);
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
