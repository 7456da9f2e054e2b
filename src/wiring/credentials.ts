/** From the credentials of an input to who gives its tokens. What only some kinds need is loaded with their first token. */
import type { Credentials, ManagedIdentity } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import { clientSecret } from "../graph/auth/clientSecret.ts";
import { entraIssuer, type EntraOptions } from "../graph/auth/entra.ts";
import type { IdentitySource } from "../graph/auth/managedIdentity.ts";
import { ofTenant } from "../graph/auth/ofTenant.ts";
import type { TokenIssuer } from "../graph/auth/token.ts";

/** What asking for tokens needs beside the credentials. */
export type IssuerParts = Pick<EntraOptions, "transport" | "clock" | "cloud">;

/** Who gives tokens for the credentials, by their kind, and of their tenant only. */
export function issuerOf(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  return ofTenant(issuerOfKind(credentials, parts), credentials.tenantId);
}

function issuerOfKind(credentials: Credentials, parts: IssuerParts): TokenIssuer {
  const { tenantId } = credentials;
  const { transport, clock, cloud } = parts;
  // An API's scope in the words of the services that know no scopes.
  const resource = cloud.scope.replace(/\/\.default$/, "");
  switch (credentials.kind) {
    case "client_secret": {
      const { clientId, clientSecret: secret } = credentials;
      return entraIssuer({ ...parts, tenantId, clientId, authenticate: clientSecret(secret) });
    }
    case "managed_identity": {
      const { identity, host } = credentials;
      return lazily(async () => {
        const { managedIdentityIssuer } = await import("../graph/auth/managedIdentity.ts");
        return managedIdentityIssuer({ transport, clock, resource, identity, source: await sourceOf(host) });
      });
    }
    case "azure_cli":
      return lazily(async () => {
        const { azureCliIssuer } = await import("../graph/auth/azureCli.ts");
        return azureCliIssuer({ clock, tenantId, resource });
      });
    default:
      throw new GraphtapError("bug", `credentials of kind "${credentials.kind}" passed the check`);
  }
}

async function sourceOf(host: ManagedIdentity["host"]): Promise<IdentitySource> {
  if (host.kind === "app-service") return { ...host, header: () => host.header.reveal() };
  if (host.kind === "metadata-service") return host;
  const { readKeyFile } = await import("../graph/auth/arcKey.ts");
  return { ...host, readKey: readKeyFile };
}

/** Who gives tokens, loaded with the first one. */
function lazily(load: () => Promise<TokenIssuer>): TokenIssuer {
  let loading: Promise<TokenIssuer> | undefined;
  return async (signal) => (await (loading ??= load()))(signal);
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
