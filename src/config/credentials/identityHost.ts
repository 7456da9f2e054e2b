/** Which of Azure's services gives this host's identity its tokens, told by the variables that each sets. */
import { existsSync } from "node:fs";
import { createSecret, type Secret, type SecretReaders } from "./secret.ts";

/** Where a managed identity's tokens come from. */
export type IdentityHost =
  /** A virtual machine, a container instance, a pod. */
  | { readonly kind: "metadata-service"; readonly url: string }
  /** App Service, Functions, Container Apps. */
  | { readonly kind: "app-service"; readonly url: string; readonly header: Secret }
  /** A server elsewhere that Azure Arc manages. */
  | { readonly kind: "arc"; readonly url: string; readonly keyFolder: string };

/** The metadata service has the same address on every machine; it is reached by no route. */
const METADATA_ORIGIN = "http://169.254.169.254";
const TOKEN_PATH = "/metadata/identity/oauth2/token";
/** The address of Arc's agent, for a process that was started without its variables. */
const ARC_URL = `http://localhost:40342${TOKEN_PATH}`;

/**
 * Chooses as Microsoft's own libraries do. `AZURE_POD_IDENTITY_AUTHORITY_HOST` names another metadata service, and is
 * theirs, too.
 *
 * @param exists whether there is a file @default looks at the disk
 */
export function identityHostOf(
  readers: SecretReaders,
  exists: (path: string) => boolean = existsSync,
): IdentityHost {
  const { env } = readers;
  const url = env["IDENTITY_ENDPOINT"];
  if (url && env["IDENTITY_HEADER"]) {
    return { kind: "app-service", url, header: createSecret({ env: "IDENTITY_HEADER" }, readers) };
  }
  // Only Windows has these variables.
  const { ProgramData: data, ProgramFiles: files } = env;
  const agent = files ? `${files}\\AzureConnectedMachineAgent\\himds.exe` : "/opt/azcmagent/bin/himds";
  if ((url && env["IMDS_ENDPOINT"]) || exists(agent)) {
    const keyFolder = data ? `${data}\\AzureConnectedMachineAgent\\Tokens` : "/var/opt/azcmagent/tokens";
    return { kind: "arc", url: url || ARC_URL, keyFolder };
  }
  const origin = (env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] || METADATA_ORIGIN).replace(/\/+$/, "");
  return { kind: "metadata-service", url: origin + TOKEN_PATH };
}

/** Why this host's identity cannot be used; `null` when it can. */
export function hostRemark({ env }: Pick<SecretReaders, "env">): string | null {
  return env["IDENTITY_SERVER_THUMBPRINT"]
    ? "this host is a node of Service Fabric, whose identity is not supported; use another kind of credential"
    : null;
}
