/** The signed assertion by which an application with a certificate shows who it is (certificate-credentials, RFC 7523). */
import { Buffer } from "node:buffer";
import { constants, randomUUID, sign } from "node:crypto";
import type { Identity } from "./certificate.ts";

const LIFETIME_SECONDS = 600;

export interface AssertionOptions {
  /** The token endpoint that it is for. */
  readonly audience: string;
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Signs an assertion that is good for ten minutes, each under an id of its own. */
export function signAssertion(
  { certificate, key }: Identity,
  { audience, clientId, nowMs }: AssertionOptions,
): string {
  const now = Math.floor(nowMs / 1000);
  const head = { alg: "PS256", typ: "JWT", "x5t#S256": thumbprintOf(certificate).toString("base64url") };
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    iat: now,
    nbf: now,
    exp: now + LIFETIME_SECONDS,
  };
  const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(
    ".",
  );
  // RFC 7518, section 3.5: the salt is as long as the hash.
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = sign("sha256", Buffer.from(signed), { key, ...padding });
  return `${signed}.${signature.toString("base64url")}`;
}

/** SHA-256 of a certificate. */
export function thumbprintOf({ fingerprint256 }: Identity["certificate"]): Buffer {
  return Buffer.from(fingerprint256.replaceAll(":", ""), "hex");
}
