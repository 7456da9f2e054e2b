/** What an application is known by at Entra, as an administrator registered it under "Certificates & secrets". */
import { createHash } from "node:crypto";

/** A client secret beside `clientSecret`. */
export interface RegisteredSecret {
  /** What the application sends. */
  readonly value: string;
  /** What the portal shows. @default "secret" */
  readonly displayName?: string;
  /** Milliseconds since the epoch. @default 1970 */
  readonly startsAt?: number;
  /** Milliseconds since the epoch. @default 2299, as Entra writes what never ends */
  readonly endsAt?: number;
}

/** A certificate; its own dates say when it may be used. */
export interface RegisteredCertificate {
  /** The certificate as PEM, without its key. */
  readonly pem: string;
  /** What the portal shows. @default its subject */
  readonly displayName?: string;
}

/** Whose tokens are taken for the application's own proof (workload-identity-federation). */
export interface FederatedCredential {
  /** `iss` of the token. */
  readonly issuer: string;
  /** `sub` of the token. */
  readonly subject: string;
  /** `aud` of the token. @default "api://AzureADTokenExchange" */
  readonly audience?: string;
}

/** A JSON Web Key (RFC 7517), public. */
export interface PublicKey {
  /** Names it in the head of a token. */
  readonly kid?: string;
  /** What else its kind has. */
  readonly [member: string]: unknown;
}

/** A foreign issuer that Entra can reach, with the keys that it publishes. */
export interface TrustedIssuer {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** Public keys, each with its `kid`. */
  readonly keys: readonly PublicKey[];
}

/** What Entra knows of an application in a tenant. */
export interface Registration {
  /** The first of its secrets. @default none */
  readonly clientSecret?: string;
  /** More secrets. @default none beside `clientSecret` */
  readonly secrets?: readonly RegisteredSecret[];
  /** Its certificates. @default none */
  readonly certificates?: readonly RegisteredCertificate[];
  /** Whose tokens it trusts. @default none */
  readonly federatedCredentials?: readonly FederatedCredential[];
}

const NEVER = Date.UTC(2299, 11, 31);

/** All secrets, each with both ends. */
export function secretsOf(registration: Registration): Required<RegisteredSecret>[] {
  const { clientSecret, secrets = [] } = registration;
  const all = clientSecret === undefined ? secrets : [{ value: clientSecret }, ...secrets];
  return all.map((secret) => ({ displayName: "secret", startsAt: 0, endsAt: NEVER, ...secret }));
}

/** An id that stays the same for the same words, in the form of a GUID. */
export function guidOf(...words: readonly string[]): string {
  const digits = createHash("sha256").update(words.join("\n")).digest("hex");
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}
