/** What is told of the credential of an input: its kind, whose it is, and when it ends. */
import { createHash, type X509Certificate } from "node:crypto";
import type { Credentials } from "../config/config.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { secretEndOf } from "../wiring/secretWatch.ts";
import type { Source } from "../wiring/sources.ts";

const DAY_MS = 86_400_000;
/** From then on, renewing it is somebody's task. */
const SOON_MS = 30 * DAY_MS;

/** Kinds that end by nobody's calendar: each token of theirs is asked for anew from who keeps it. */
const WITHOUT_END: Readonly<Record<string, string>> = {
  federated_token: "each token comes anew from who issues it",
  managed_identity: "Azure renews it",
  azure_cli: "it lasts as long as the sign-in of az",
};

const HOSTS = {
  "metadata-service": "the instance metadata service",
  "app-service": "App Service",
  "arc": "the agent of Azure Arc",
} as const;

/** A credential, for programs. */
export interface CredentialFacts {
  readonly kind: Credentials["kind"];
  /** As RFC 3339; `null` where there is no end, or nobody can tell. */
  readonly valid_until: string | null;
  /** Of a certificate, as the portal shows it: SHA-1 in hexadecimal digits. */
  readonly thumbprint?: string;
}

/** What was found out of a credential. */
export interface DescribedCredential {
  readonly facts: CredentialFacts;
  /** In words. */
  readonly detail: string;
  readonly endsSoon: boolean;
}

/**
 * Looks at the credential of an input; at a secret only as far as Graph tells.
 *
 * @param nowMs milliseconds since the epoch
 * @param hasToken whether Graph can be asked
 * @throws the signal's reason
 */
export async function describeCredential(
  source: Source,
  nowMs: number,
  hasToken: boolean,
  signal: AbortSignal,
): Promise<DescribedCredential> {
  const { credentials } = source.input;
  const { kind } = credentials;
  const certificate = kind === "client_certificate" ? await certificateOf(credentials) : null;
  const end = certificate !== null
    ? { endsMs: Date.parse(certificate.validTo) }
    : hasToken
    ? await secretEnd(source, signal)
    : null;
  const thumbprint = certificate === null ? null : thumbprintOf(certificate);
  const endsMs = end !== null && "endsMs" in end ? end.endsMs : null;
  const told = WITHOUT_END[kind] ??
    (endsMs !== null
      ? beginText(certificate, nowMs) + endText(endsMs, nowMs)
      : `its end is unknown${end !== null && "unknown" in end ? `: ${end.unknown}` : ""}`);
  return {
    facts: {
      kind,
      valid_until: endsMs === null ? null : new Date(endsMs).toISOString(),
      ...(thumbprint === null ? {} : { thumbprint }),
    },
    detail: `${kind}${placeOf(credentials)}${
      thumbprint === null ? "" : `, thumbprint ${thumbprint}`
    }; ${told}`,
    endsSoon: endsMs !== null && endsMs - nowMs < SOON_MS,
  };
}

async function certificateOf(
  credentials: Extract<Credentials, { kind: "client_certificate" }>,
): Promise<X509Certificate | null> {
  const { readCertificate } = await import("../graph/auth/certificate/clientCertificate.ts");
  const found = await readCertificate(credentials);
  // Why it cannot be read is told by the token that there is none of.
  return found instanceof GraphtapError ? null : found.certificate;
}

function thumbprintOf({ raw }: X509Certificate): string {
  return createHash("sha1").update(raw).digest("hex").toUpperCase();
}

async function secretEnd(source: Source, signal: AbortSignal) {
  try {
    return await secretEndOf(source, signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { unknown: asGraphtapError(thrown).message };
  }
}

/** Where it comes from, as far as that is no secret. */
function placeOf(credentials: Credentials): string {
  if (credentials.kind === "client_certificate") return ` in ${credentials.certificate.path}`;
  if (credentials.kind !== "managed_identity") return "";
  const { identity, host } = credentials;
  return ` ${identity === null ? "of this host" : `${identity.by} ${identity.id}`} by ${HOSTS[host.kind]}`;
}

/** Of a certificate that is not valid yet, which Entra tells like one that it does not know. */
function beginText(certificate: X509Certificate | null, nowMs: number): string {
  const fromMs = certificate === null ? -Infinity : Date.parse(certificate.validFrom);
  return nowMs < fromMs ? `begins at ${instantText(fromMs)}, and is refused before; ` : "";
}

function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function endText(endsMs: number, nowMs: number): string {
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const left = days < 0 ? "it is over" : `in ${days === 1 ? "1 day" : `${days} days`}`;
  return `ends at ${instantText(endsMs)}, ${left}`;
}
