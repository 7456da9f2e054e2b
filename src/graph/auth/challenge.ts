import { Buffer } from "node:buffer";

/** More than any that Entra was seen to ask for; a header may have 64 KiB. */
const MAX_CLAIMS_CHARACTERS = 8192;

/**
 * The claims that a new token must have, out of `WWW-Authenticate`: JSON for the parameter `claims` of the next token
 * request, as it came (claims-challenge). `null` when the answer asks for none, or for something that is no object.
 *
 * @param challenge the header, with all challenges of the answer in it
 */
export function claimsOf(challenge: string | null): string | null {
  const named = (challenge ?? "").matchAll(/(?<![\w-])claims\s*=\s*(?:"([^"]*)"|([\w+/=-]+))/gi);
  for (const [, quoted, bare] of named) {
    const claims = Buffer.from(quoted ?? bare ?? "", "base64").toString("utf8");
    if (claims.length <= MAX_CLAIMS_CHARACTERS && isObject(claims)) return claims;
  }
  return null;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
