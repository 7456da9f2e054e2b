/**
 * The variables by which Azure's own libraries and its workload identity name an application: used where the
 * configuration has no credentials. Of several secrets the first counts, in the order of those libraries.
 */
import { resolve } from "node:path";
import type { CredentialKind, KindValues } from "./credentialKinds.ts";
import type { SecretReaders } from "./secret.ts";

/** What the variables say, in the form of a `credentials` block. */
export interface EnvironmentCredentials {
  readonly kind: CredentialKind;
  /** The variable that the kind is chosen by. */
  readonly variable: string;
  readonly values: Partial<KindValues> & { readonly client_id?: string };
  /** `AZURE_AUTHORITY_HOST`; `null` where it is not set. */
  readonly authority: string | null;
}

/** The names, for whoever looks for what to set. */
export const AZURE_VARIABLES =
  "AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE";

/** The application that the variables name; `null` when they name none. */
export function environmentCredentials(env: SecretReaders["env"]): EnvironmentCredentials | null {
  const clientId = env["AZURE_CLIENT_ID"]?.trim();
  const password = env["AZURE_CLIENT_CERTIFICATE_PASSWORD"];
  const found: Readonly<Record<string, Partial<KindValues>>> = {
    AZURE_CLIENT_SECRET: { client_secret: { env: "AZURE_CLIENT_SECRET" } },
    AZURE_CLIENT_CERTIFICATE_PATH: {
      client_certificate: {
        // As Azure's libraries have it: from where the program was started, not from the configuration's folder.
        file: resolve(env["AZURE_CLIENT_CERTIFICATE_PATH"] ?? ""),
        ...(password && { password: { env: "AZURE_CLIENT_CERTIFICATE_PASSWORD" } }),
      },
    },
    AZURE_FEDERATED_TOKEN_FILE: { federated_token: {} },
  };
  const [variable, values] = Object.entries(found).find(([name]) => env[name]) ?? [];
  if (!clientId || !variable || !values) return null;
  const [kind] = Object.keys(values) as [CredentialKind];
  return {
    kind,
    variable,
    values: { ...values, client_id: clientId },
    authority: env["AZURE_AUTHORITY_HOST"] || null,
  };
}
