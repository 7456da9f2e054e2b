/** The proof by a certificate: a token that the application signed itself (certificate-credentials). */
import { Buffer } from "node:buffer";
import { createHash, X509Certificate } from "node:crypto";
import { certificateRefusal, expiredCertificate, outOfTime, refusal } from "./errors.ts";
import type { EntraRefusal } from "./errors.ts";
import { type Algorithm, isSignedBy, type Jwt, validityOf } from "./jwt.ts";
import type { RegisteredCertificate } from "./registrations.ts";
import type { Replays } from "./replays.ts";

/** What an assertion is judged by. */
export interface AssertionCase {
  readonly clientId: string;
  readonly certificates: readonly RegisteredCertificate[];
  /** What names this token endpoint. */
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `null` to take an assertion as often as it comes. */
  readonly replays: Replays | null;
}

/** Why an assertion proves nothing; `null` when it proves that the application asks. */
export function judgeAssertion(jwt: Jwt, known: AssertionCase): EntraRefusal | null {
  const { header, claims } = jwt;
  const { clientId, audiences, now, replays } = known;
  // Seen of clients that name several audiences: the token is malformed then.
  if (typeof claims["aud"] !== "string") return refusal(50027);
  if (claims["sub"] !== claims["iss"]) return refusal(50048);
  if (!same(claims["iss"], clientId)) return refusal(700021);
  if (!audiences.some((audience) => same(audience, claims["aud"]))) return refusal(700023);
  const { alg } = header;
  if (alg !== "PS256" && alg !== "RS256") return refusal(5002730);
  const unsigned = judgeSignature(jwt, alg, known);
  if (unsigned !== null) return unsigned;
  const { from, to } = validityOf(jwt);
  // How far clocks may differ is not documented, so they may not.
  if (now < from || now >= to) return outOfTime(now, from, to);
  const { jti } = claims;
  if (typeof jti !== "string" || jti === "") return refusal(50027);
  if (replays?.seen(clientId, jti, to, now)) {
    return {
      aadsts: 50027,
      text: "JWT token is invalid or malformed. The jti of the assertion was used before.",
    };
  }
  return null;
}

function judgeSignature(jwt: Jwt, alg: Algorithm, { clientId, certificates, now }: AssertionCase) {
  const thumbprint = thumbprintOf(jwt);
  const found = thumbprint === null
    ? undefined
    : certificates.map(({ pem }) => new X509Certificate(pem)).find(({ raw }) =>
      createHash(thumbprint.hash).update(raw).digest().equals(thumbprint.digest)
    );
  const shown = thumbprint?.digest.toString("hex").toUpperCase() ?? null;
  if (found === undefined) return certificateRefusal("not found", clientId, shown);
  const dates = { from: Date.parse(found.validFrom), to: Date.parse(found.validTo) };
  if (!isSignedBy(jwt, found.publicKey, alg)) return certificateRefusal("not signed", clientId, shown, dates);
  return now < dates.from || now >= dates.to ? expiredCertificate(clientId, shown, dates) : null;
}

/** How the header names the certificate: `x5t#S256`, or `x5t` of older clients. */
function thumbprintOf({ header }: Jwt): { readonly hash: string; readonly digest: Buffer } | null {
  for (const [name, hash, length] of [["x5t#S256", "sha256", 32], ["x5t", "sha1", 20]] as const) {
    const value = header[name];
    if (typeof value !== "string") continue;
    const digest = Buffer.from(value, "base64url");
    // MSAL for Python leaves the padding in its place. Base64 with its own marks is another text, and names no key.
    return /^[\w-]+=*$/.test(value) && digest.length === length ? { hash, digest } : null;
  }
  return null;
}

function same(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && a.toLowerCase() === b.toLowerCase();
}
