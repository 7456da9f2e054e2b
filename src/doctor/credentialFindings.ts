/** What an operator is told of a credential: its kind, whose it is, and until when it is good. */
import { createHash, type X509Certificate } from "node:crypto";
import type { Credentials } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { Source } from "../wiring/streams.ts";

const DAY_MS = 86_400_000;
/** From then on, renewing it is somebody's task. */
const SOON_MS = 30 * DAY_MS;

/** A credential, for programs. */
export interface CredentialFacts {
  readonly kind: Credentials["kind"];
  /** As RFC 3339; `null` where there is no end, or nobody can tell. */
  readonly valid_until: string | null;
  /** Of a certificate, as the portal shows it: SHA-1 in hexadecimal digits. */
  readonly thumbprint?: string;
}

/** What was found out of a credential. */
export interface CredentialFinding {
  readonly facts: CredentialFacts;
  readonly detail: string;
  readonly endsSoon: boolean;
}

/**
 * Looks at the credential of an input, after a token was asked for with it.
 *
 * @param unknownEnd why nobody can tell when it ends
 */
export async function credentialFinding(
  { input: { credentials }, expiry: { endsMs } }: Pick<Source, "input" | "expiry">,
  nowMs: number,
  unknownEnd: string | null,
): Promise<CredentialFinding> {
  const { kind } = credentials;
  const certificate = kind === "client_certificate" ? await certificateOf(credentials) : null;
  const ends = certificate === null ? endsMs : Date.parse(certificate.validTo);
  const thumbprint = certificate === null
    ? null
    : createHash("sha1").update(certificate.raw).digest("hex").toUpperCase();
  const detail = [
    `${kind}${sourceOf(credentials)}`,
    ...(thumbprint === null ? [] : [`thumbprint ${thumbprint}`]),
    ...(ends === null
      ? unknownEnd === null ? [] : [`valid until nobody can tell: ${unknownEnd}`]
      : [endText(ends, nowMs)]),
  ].join(", ");
  const valid_until = ends === null ? null : new Date(ends).toISOString();
  return {
    facts: { kind, valid_until, ...(thumbprint === null ? {} : { thumbprint }) },
    detail,
    endsSoon: ends !== null && ends - nowMs < SOON_MS,
  };
}

async function certificateOf(
  credentials: Extract<Credentials, { kind: "client_certificate" }>,
): Promise<X509Certificate | null> {
  const { readCertificate } = await import("../graph/auth/clientCertificate.ts");
  const found = await readCertificate(credentials);
  // Why it cannot be read is told by the token that there is none of.
  return found instanceof GraphtapError ? null : found.certificate;
}

/** Where it comes from, as far as that is no secret. */
function sourceOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case "client_certificate":
      return ` in ${credentials.certificate.path}`;
    case "managed_identity": {
      const { identity, host } = credentials;
      return ` ${identity === null ? "of this host" : `${identity.by} ${identity.id}`} by ${
        HOSTS[host.kind]
      }`;
    }
    default:
      return "";
  }
}

const HOSTS = {
  "metadata-service": "the instance metadata service",
  "app-service": "App Service",
  "arc": "the agent of Azure Arc",
} as const;

function endText(endsMs: number, nowMs: number): string {
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const when = new Date(endsMs).toISOString().slice(0, 10);
  return `valid until ${when} (${days < 0 ? "it is over" : days === 1 ? "1 day" : `${days} days`})`;
}
