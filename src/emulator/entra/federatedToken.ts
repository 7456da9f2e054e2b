/** The proof by somebody else's token: Kubernetes, GitHub, another cloud (workload-identity-federation). */
import { createPublicKey } from "node:crypto";
import { type EntraRefusal, noFederation, outOfTime, refusal } from "./errors.ts";
import { isSignedBy, type Jwt, validityOf } from "./jwt.ts";
import type { FederatedCredential, TrustedIssuer } from "./registrations.ts";

/** What a foreign token is judged by. */
export interface FederatedCase {
  readonly clientId: string;
  readonly credentials: readonly FederatedCredential[];
  readonly issuers: readonly TrustedIssuer[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a credential trusts unless it says otherwise; sovereign clouds have others. */
const AUDIENCE = "api://AzureADTokenExchange";

/** Why a foreign token proves nothing; `null` when the application trusts it. */
export function judgeFederated(jwt: Jwt, known: FederatedCase): EntraRefusal | null {
  const mismatch = judgeMatch(jwt, known);
  if (mismatch !== null) return mismatch;
  const { header, claims } = jwt;
  const issuer = known.issuers.find((one) => one.issuer === claims["iss"]);
  if (issuer === undefined) return refusal(90061);
  // The only algorithm of foreign issuers that Entra takes.
  if (header["alg"] !== "RS256") return refusal(5002730);
  const key = issuer.keys.find(({ kid }) => kid === header["kid"]);
  if (key === undefined || !isSignedBy(jwt, createPublicKey({ key, format: "jwk" }), "RS256")) {
    return {
      aadsts: 50027,
      text: "JWT token is invalid or malformed. External ID token from issuer failed signature verification.",
    };
  }
  const { from, to } = validityOf(jwt);
  return known.now < from || known.now >= to ? outOfTime(known.now, from, to) : null;
}

/** Issuer, subject and audience are compared letter by letter. */
function judgeMatch({ claims }: Jwt, { clientId, credentials }: FederatedCase): EntraRefusal | null {
  if (credentials.length === 0) {
    return {
      aadsts: 70025,
      text: `The client '${clientId}' has no configured federated identity credentials.`,
    };
  }
  const issuer = textOf(claims["iss"]);
  const ofIssuer = credentials.filter((one) => one.issuer === issuer);
  if (ofIssuer.length === 0) return noFederation(700211, "issuer", issuer);
  const audiences = [claims["aud"]].flat();
  const ofAudience = ofIssuer.filter(({ audience = AUDIENCE }) => audiences.includes(audience));
  if (ofAudience.length === 0) return noFederation(700212, "audience", audiences.map(textOf).join(","));
  const subject = textOf(claims["sub"]);
  if (ofAudience.some((one) => one.subject === subject)) return null;
  const isNearly = ofAudience.some((one) => one.subject.toLowerCase() === subject.toLowerCase());
  return noFederation(isNearly ? 7002138 : 700213, "subject", subject);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
