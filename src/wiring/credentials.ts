/** From the credentials of an input to who gives its tokens. What only some kinds need is loaded with their first token. */
import type { Credentials, ManagedIdentity } from "../config/config.ts";
import type { ClientAuth } from "../graph/auth/clientAuth.ts";
import { clientSecret } from "../graph/auth/clientSecret.ts";
import { entraIssuer, type EntraOptions } from "../graph/auth/entra.ts";
import type { Expiry } from "../graph/auth/expiry.ts";
import type { IdentitySource } from "../graph/auth/managedIdentity.ts";
import { ofTenant } from "../graph/auth/ofTenant.ts";
import type { TokenIssuer } from "../graph/auth/token.ts";
import type { Log } from "../telemetry/log.ts";

/** What asking for tokens needs beside the credentials. */
export interface IssuerParts extends Pick<EntraOptions, "transport" | "clock" | "cloud"> {
  /** Told of files that cannot be taken for now. @default nobody */
  readonly log?: Log;
  /** Told of what tokens are asked for with. @default nobody */
  readonly expiry?: Expiry;
}

/** Who gives tokens for the credentials, by their kind, and of their tenant only. */
export function issuerOf(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  return ofTenant(issuerOfKind(credentials, parts), credentials.tenantId);
}

function issuerOfKind(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  const { tenantId, clientId } = credentials;
  const { transport, clock, cloud } = parts;
  if (clientId !== null) {
    return entraIssuer({
      transport,
      clock,
      cloud,
      tenantId,
      clientId,
      authenticate: authOf(credentials, parts),
    });
  }
  // An API's scope in the words of the services that know no scopes.
  const resource = cloud.scope.replace(/\/\.default$/, "");
  if (credentials.kind === "azure_cli") {
    return loadedOnce(async () => {
      const { azureCliIssuer } = await import("../graph/auth/azureCli.ts");
      return azureCliIssuer({ clock, tenantId, resource });
    });
  }
  const { identity, host } = credentials;
  return loadedOnce(async () => {
    const { managedIdentityIssuer } = await import("../graph/auth/managedIdentity.ts");
    return managedIdentityIssuer({ transport, clock, resource, identity, source: await sourceOf(host) });
  });
}

/** How an application proves to Entra who it is. */
function authOf(
  credentials: Exclude<Credentials, { clientId: null }>,
  { transport, cloud: { authority }, log, expiry }: IssuerParts,
): ClientAuth {
  switch (credentials.kind) {
    case "client_secret":
      return clientSecret(credentials.clientSecret, (value) => expiry?.usedSecret(value));
    case "client_certificate":
      return loadedOnce(async () => {
        const { clientCertificate } = await import("../graph/auth/certificate/clientCertificate.ts");
        return clientCertificate(credentials, {
          onUsed: ({ expiresMs }) => expiry?.learned(expiresMs),
          onKept: (why) => log?.warn(`${why}; the certificate from before is used on`),
        });
      });
    case "federated_token":
      return loadedOnce(async () => {
        const { federatedToken } = await import("../graph/auth/federatedToken.ts");
        return federatedToken({ source: credentials.from, transport, authority });
      });
  }
}

async function sourceOf(host: ManagedIdentity["host"]): Promise<IdentitySource> {
  if (host.kind === "app-service") return { ...host, header: () => host.header.reveal() };
  if (host.kind === "metadata-service") return host;
  const { readKeyFile } = await import("../graph/auth/arcKey.ts");
  return { ...host, readKey: readKeyFile };
}

/** A function that is loaded when it is called first. */
function loadedOnce<A extends unknown[], R>(
  load: () => Promise<(...args: A) => R | Promise<R>>,
): (...args: A) => Promise<R> {
  let loaded: ReturnType<typeof load> | undefined;
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
