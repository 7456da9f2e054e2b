/** Signed tokens of others, read and checked. */
import { Buffer } from "node:buffer";
import { constants, type KeyObject, verify } from "node:crypto";

/** A JWS in its compact form. */
export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Reads a token; `null` when it is none. Nothing of it is checked. */
export function readJwt(text: string): Jwt | null {
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return null;
  const [header, claims] = parts.slice(0, 2).map(objectOf);
  if (!header || !claims) return null;
  return {
    header,
    claims,
    signed: Buffer.from(parts.slice(0, 2).join(".")),
    signature: Buffer.from(parts[2]!, "base64url"),
  };
}

/** Algorithms of signatures. */
export type Algorithm = "RS256" | "PS256";

/** Whether the holder of an RSA key signed the token by the algorithm that it names. */
export function isSignedBy(jwt: Jwt, key: KeyObject, algorithm: Algorithm): boolean {
  if (key.asymmetricKeyType !== "rsa") return false;
  const { signed, signature } = jwt;
  return algorithm === "RS256" ? verify("sha256", signed, key, signature) : verify("sha256", signed, {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    // RFC 7518, section 3.5: the salt is as long as the hash.
    saltLength: 32,
  }, signature);
}

/** When a token may be used, in milliseconds since the epoch; 1970 for an end that it does not name. */
export function validityOf({ claims }: Jwt): { readonly from: number; readonly to: number } {
  const at = (value: unknown) => typeof value === "number" ? value * 1000 : 0;
  return { from: at(claims["nbf"]), to: at(claims["exp"]) };
}

function objectOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : null;
  } catch {
    return null;
  }
}
